"""Holds the SQL for who has each movement, and for what was published of their persons."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from shared.database.pool import Connection, Executor
from shared.events.admission import MOVEMENT_EVENTS, MovementReassigned
from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION, TYPES

# Submissions share this lock until they are committed: none is stored under a person who is being merged.
_LOCK_IDENTITIES: Final = "SELECT pg_advisory_xact_lock(hashtext('identities')), nextval('identity_revision')"
_AWAIT_SUBMISSIONS: Final = "SELECT pg_advisory_xact_lock(hashtext('identities'))"
_SHARE_IDENTITIES: Final = """
SELECT pg_advisory_xact_lock_shared(hashtext('identities')), pg_advisory_xact_lock(hashtextextended($1, 0))
"""
# In the same order as one statement takes them, and the keys sorted: no deadlock.
_SHARE_MESSAGES: Final = """
WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(hashtext('identities')))
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(statement, 0) AS key
    FROM held, unnest($1::text[]) AS s (statement) ORDER BY key
) AS sorted
"""
_WHOSE: Final = "SELECT movement_id, stated_as FROM movements WHERE movement_id = ANY ($1)"
_SURVIVORS: Final = """
SELECT person_id, coalesce(survivor_id, person_id) AS survivor_id FROM persons WHERE person_id = ANY ($1)
"""
_PUBLISHED: Final = """
SELECT event_id, subject, sequence, type, occurred_at, recorded_at, data FROM ledger
WHERE subject = ANY ($1) AND type = ANY ($2)
"""
_EXPECT: Final = """
INSERT INTO movements (movement_id, stated_as, decided_at)
SELECT movement_id, $2, $3 FROM unnest($1::uuid[]) AS s (movement_id) ORDER BY movement_id
"""
_MOVE_STAYS: Final = """
INSERT INTO stay_moves (stay_id, decided_at, former, to_person)
SELECT stay_id, $2, $3, $4 FROM unnest($1::uuid[]) AS s (stay_id)
"""
_SETTLE: Final = """
UPDATE movements SET stated_as = s.stated_as, decided_at = s.decided_at
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS s (movement_id, stated_as, decided_at)
WHERE movements.movement_id = s.movement_id
"""

_decoders: Final = {
    TYPES[payload]: msgspec.json.Decoder(payload) for payload in (*MOVEMENT_EVENTS, MovementReassigned)
}

MOVEMENT_TYPES: Final = list(_decoders)
"""The types of events that say something of a movement."""

Whose = tuple[UUID, datetime | None]
"""Who has a movement before any merge, and when somebody decided that."""


async def lock_identities(connection: Connection) -> None:
    """Until the end of the transaction nothing else changes whose anything is; memories of owners are void.

    Take it before anything else: submissions take row locks while they share it.
    """
    await connection.execute(_LOCK_IDENTITIES)


async def await_submissions(connection: Connection) -> None:
    """Until the end of the transaction nothing is stored, and what was being stored is; changes nothing."""
    await connection.execute(_AWAIT_SUBMISSIONS)


async def share_identities(connection: Connection, statement: str) -> None:
    """Until the end of the transaction nothing changes whose anything is, and nobody else states this."""
    await connection.execute(_SHARE_IDENTITIES, statement)


async def share_messages(connection: Connection, keys: Collection[tuple[UUID, str]]) -> None:
    """Until the end of the transaction nothing changes whose anything is, and nobody else states these."""
    await connection.fetch(_SHARE_MESSAGES, [statement_key(*key) for key in keys])


def statement_key(source_id: UUID, source_event_id: str) -> str:
    """What is locked while something is stated under this id."""
    return f"{source_id} {source_event_id}"


async def whose(connection: Executor, movement_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Who has each of those movements that were stated at all, before any merge."""
    rows = await connection.fetch(_WHOSE, list(movement_ids))
    return {row["movement_id"]: row["stated_as"] for row in rows}


async def survivors_of(connection: Executor, persons: Collection[UUID]) -> dict[UUID, UUID]:
    """Under whom everything is published of each person."""
    rows = await connection.fetch(_SURVIVORS, list(persons))
    return {row["person_id"]: row["survivor_id"] for row in rows}


async def settle(connection: Connection, movements: Mapping[UUID, Whose]) -> None:
    """Record who has movements that were stated before."""
    await connection.execute(
        _SETTLE,
        list(movements),
        [identity for identity, _ in movements.values()],
        [decided_at for _, decided_at in movements.values()],
    )


async def expect(connection: Connection, movement_ids: Collection[UUID], whose: Whose) -> None:
    """Record whose movements are that nobody stated yet."""
    await connection.execute(_EXPECT, list(movement_ids), *whose)


async def move_stays(
    connection: Connection, stay_ids: Collection[UUID], *, former: UUID, to: UUID, at: datetime
) -> None:
    """Record whose stays are, for what comes of them later."""
    await connection.execute(_MOVE_STAYS, list(stay_ids), at, former, to)


async def published_of(
    connection: Executor, persons: Collection[UUID]
) -> Mapping[UUID, Sequence[RecordedEvent]]:
    """Everything published about the movements of each person."""
    found: dict[UUID, list[RecordedEvent]] = defaultdict(list)
    for row in await connection.fetch(_PUBLISHED, list(persons), MOVEMENT_TYPES):
        found[row["subject"]].append(recorded_event(row))
    return found


def recorded_event(row: Any) -> RecordedEvent:
    """The event about a movement that a row of the ledger holds."""
    return RecordedEvent(
        event_id=row["event_id"],
        publisher=ADMISSION,
        subject=row["subject"],
        sequence=row["sequence"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        data=_decoders[row["type"]].decode(row["data"]),
    )
