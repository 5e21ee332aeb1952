"""The events stated about each person: added to; only what nobody stated goes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.storage.obligations.rows import decode_trace, encode_trace
from shared.database.columns import sparse
from shared.database.pool import Connection, Executor
from shared.events.admission import MovementReassigned, is_movement
from shared.events.envelope import Payload, RecordedEvent
from shared.events.pathway import ExpectationEvent, FurtherExpectationStated
from shared.events.registry import PAYLOADS, TYPES
from shared.stays.movements import movement_histories

# Persons are locked in sorted order, so that two batches cannot deadlock. The update
# that never happens locks the rows that exist already, without writing a new version of them.
_LOCK_PERSONS: Final = """
INSERT INTO persons (person_id) SELECT DISTINCT person_id FROM unnest($1::uuid[]) AS p (person_id)
ORDER BY person_id
ON CONFLICT (person_id) DO UPDATE SET wrapped_key = NULL WHERE false
"""

_ADD: Final = """
INSERT INTO facts (event_id, person_id, publisher, sequence, type, stated_by, occurred_at, recorded_at,
    trace, data)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[],
    $7::timestamptz[], $8::timestamptz[], $9::text[], $10::bytea[])
ON CONFLICT (event_id) DO NOTHING
"""

# Answers with the persons of whom movements were given away, so that nothing more is asked of the others.
_ADD_ACCESS: Final = """
WITH added AS (
    INSERT INTO presence (person_id, establishment)
    SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[]) AS p (person_id, establishment)
    ORDER BY person_id, establishment
    ON CONFLICT DO NOTHING
)
SELECT DISTINCT person_id FROM facts
WHERE person_id = ANY ($3) AND type = 'relais.admission.movement-reassigned.v1'
"""
_LIMIT_ACCESS: Final = """
DELETE FROM presence WHERE person_id = ANY ($1) AND NOT EXISTS (
    SELECT FROM unnest($2::uuid[], $3::text[]) AS p (person_id, establishment)
    WHERE p.person_id = presence.person_id AND p.establishment = presence.establishment
)
"""

_READ_EVENTS: Final = "SELECT * FROM facts WHERE event_id = ANY ($1)"
_REMOVE: Final = "DELETE FROM facts WHERE event_id = ANY ($1)"
_READ: Final = "SELECT * FROM facts WHERE person_id = ANY ($1)"
_READ_STATED: Final = f"{_READ} AND publisher = 'admission' AND stated_by = ANY ($2)"

_encoder: Final = msgspec.json.Encoder()
_decoders: Final = {type_: msgspec.json.Decoder(payload) for type_, payload in PAYLOADS.items()}


async def add(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    """Locks the persons until the end of the transaction and adds what is new about them."""
    await connection.execute(_LOCK_PERSONS, [event.subject for event in events])
    await connection.execute(
        _ADD,
        [event.event_id for event in events],
        [event.subject for event in events],
        [event.publisher for event in events],
        [event.sequence for event in events],
        [TYPES[type(event.data)] for event in events],
        [_stated_by(event.data) for event in events],
        [event.occurred_at for event in events],
        [event.recorded_at for event in events],
        sparse(encode_trace(event.trace) for event in events),
        [_encoder.encode(event.data) for event in events],
    )
    present = [(event.subject, event.data.establishment) for event in events if is_movement(event.data)]
    given_away = await connection.fetch(
        _ADD_ACCESS,
        [person_id for person_id, _ in present],
        [establishment for _, establishment in present],
        list({event.subject for event in events}),
    )
    if given_away:
        await limit_access(connection, [row["person_id"] for row in given_away])


async def limit_access(connection: Connection, person_ids: Collection[UUID]) -> None:
    """Leave it to those whose movements are facts of the person, or were until persons were merged."""
    stated = await of_persons(connection, person_ids)
    present = [
        (person_id, history.current.establishment)
        for person_id, events in stated.items()
        for history in movement_histories([event for event in events if event.sequence > 0])
        if history.reassigned in (None, "merged")
    ]
    await connection.execute(
        _LIMIT_ACCESS,
        list(person_ids),
        [person_id for person_id, _ in present],
        [establishment for _, establishment in present],
    )


async def remove(connection: Connection, event_ids: Collection[UUID]) -> list[RecordedEvent]:
    """Lock the persons of these events, and remove these; returns what they were."""
    stated = _by_person(await connection.fetch(_READ_EVENTS, list(event_ids)))
    await connection.execute(_LOCK_PERSONS, list(stated))
    await connection.execute(_REMOVE, list(event_ids))
    return [event for events in stated.values() for event in events]


async def of_persons(connection: Executor, person_ids: Collection[UUID]) -> dict[UUID, list[RecordedEvent]]:
    """All that was stated about these persons, in no order.

    Call it after the persons are locked, as a statement of its own: only a new snapshot sees what was
    committed while the lock was waited for.
    """
    return _by_person(await connection.fetch(_READ, list(person_ids)))


async def stated_by(
    connection: Executor, person_ids: Collection[UUID], establishments: Collection[str]
) -> dict[UUID, list[RecordedEvent]]:
    """What these establishments stated of these persons' movements, in no order."""
    return _by_person(await connection.fetch(_READ_STATED, list(person_ids), list(establishments)))


def _by_person(rows: Iterable[Any]) -> dict[UUID, list[RecordedEvent]]:
    found: dict[UUID, list[RecordedEvent]] = defaultdict(list)
    for row in rows:
        found[row["person_id"]].append(
            RecordedEvent(
                event_id=row["event_id"],
                publisher=row["publisher"],
                subject=row["person_id"],
                sequence=row["sequence"],
                occurred_at=row["occurred_at"],
                recorded_at=row["recorded_at"],
                data=_decoders[row["type"]].decode(row["data"]),
                trace=decode_trace(row["trace"]),
            )
        )
    return found


def _stated_by(data: Payload) -> str | None:
    if is_movement(data) or isinstance(data, MovementReassigned | FurtherExpectationStated):
        return data.establishment
    return data.from_establishment if isinstance(data, ExpectationEvent) else None
