"""Installs triggers that record every change of checkpoints, inboxes and attempts during a run.

The tables show only the current state. The checker also needs to know whether a position ever went back,
which events arrived outside a batch from the broker, and when an attempt had an unknown outcome.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import asyncpg

CONSUMERS: Final = ("pathway", "notifications", "indicators")

_TABLES: Final = """
CREATE TABLE continuity_positions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    txid bigint NOT NULL DEFAULT txid_current(), cluster_id text NOT NULL, topic text NOT NULL,
    partition int NOT NULL, epoch bigint NOT NULL, next_offset bigint
);
CREATE TABLE continuity_arrivals (
    event_id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    txid bigint NOT NULL DEFAULT txid_current()
)
"""

# The checkpoint's row is locked while its trigger runs, so the ids are in commit order.
_TRIGGERS: Final = """
CREATE FUNCTION continuity_position() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO continuity_positions (cluster_id, topic, partition, epoch, next_offset)
    VALUES (NEW.cluster_id, NEW.topic, NEW.partition, NEW.epoch, NEW.next_offset);
    RETURN NULL;
END $$;
CREATE TRIGGER continuity_position AFTER INSERT OR UPDATE ON checkpoint
FOR EACH ROW EXECUTE FUNCTION continuity_position();
CREATE FUNCTION continuity_arrival() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO continuity_arrivals (event_id) SELECT event_id FROM arrived ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER continuity_arrival AFTER INSERT ON inbox REFERENCING NEW TABLE AS arrived
FOR EACH STATEMENT EXECUTE FUNCTION continuity_arrival()
"""

# Claiming or concluding an attempt locks its obligation, so these ids are in commit order, too.
_ATTEMPTS: Final = """
CREATE TABLE continuity_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempt_id uuid NOT NULL, status text NOT NULL
);
CREATE FUNCTION continuity_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO continuity_attempts (attempt_id, status) VALUES (NEW.attempt_id, NEW.status);
    RETURN NULL;
END $$;
CREATE TRIGGER continuity_attempt AFTER INSERT OR UPDATE OF status ON attempts
FOR EACH ROW EXECUTE FUNCTION continuity_attempt()
"""


async def install_history(addresses: Mapping[str, str]) -> None:
    """Record changes from now on; `addresses` are the services' databases, with their own roles."""
    every = (_TABLES, _TRIGGERS)
    own = {"notifications": (*every, _ATTEMPTS)}
    await asyncio.gather(*(_install(addresses[each], own.get(each, every)) for each in CONSUMERS))


async def _install(address: str, statements: Sequence[str]) -> None:
    connection = await asyncpg.connect(address, timeout=30)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
