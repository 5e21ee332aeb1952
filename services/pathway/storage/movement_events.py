"""Stores the events stated about each person, a set that is added to; only what nobody stated goes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from shared.database.pool import Connection, Executor
from shared.events.admission import MOVEMENT_EVENTS, Movement, MovementReassigned, is_movement
from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION, TYPES

# Persons are locked in sorted order, so that two batches cannot deadlock. The update under `WHERE false`
# locks the rows that exist already, without writing a new version of them.
_ADD: Final = """
WITH stated AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::text[],
        $7::timestamptz[], $8::bytea[])
        AS s (event_id, person_id, establishment, movement_id, sequence, type, recorded_at, data)
), locked AS (
    INSERT INTO pathways (person_id) SELECT DISTINCT person_id FROM stated ORDER BY person_id
    ON CONFLICT (person_id) DO UPDATE SET document = NULL WHERE false
), heard AS (
    INSERT INTO feed_hearings (establishment, heard_at, recorded_at, emitted_at, legal_entity)
    SELECT establishment, $9, recorded_at, emitted_at, legal_entity
    FROM unnest($10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[])
        AS h (establishment, recorded_at, emitted_at, legal_entity)
)
INSERT INTO movement_events
    (event_id, person_id, establishment, movement_id, sequence, type, recorded_at, data)
SELECT * FROM stated
ON CONFLICT (event_id) DO NOTHING
"""

# Joined to the ids: a long list in `<> ALL` would be scanned once per row.
_READ_OTHERS: Final = """
SELECT event_id, person_id, sequence, type, recorded_at, data FROM movement_events AS stated
WHERE person_id = ANY ($1)
    AND NOT EXISTS (SELECT FROM unnest($2::uuid[]) AS came (event_id) WHERE came.event_id = stated.event_id)
"""

_READ_MOVEMENT: Final = """
SELECT event_id, person_id, sequence, type, recorded_at, data FROM movement_events
WHERE person_id = $1 AND movement_id = $2
"""

_PERSONS_OF: Final = "SELECT DISTINCT person_id FROM movement_events WHERE event_id = ANY ($1)"
_REMOVE: Final = "DELETE FROM movement_events WHERE event_id = ANY ($1)"

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)

_encoder: Final = msgspec.json.Encoder()
_decoders: Final[Mapping[str, msgspec.json.Decoder[Movement | MovementReassigned]]] = {
    TYPES[payload]: msgspec.json.Decoder(payload) for payload in (*MOVEMENT_EVENTS, MovementReassigned)
}

MovementEvent = tuple[RecordedEvent, Movement | MovementReassigned]


async def add(connection: Connection, events: Sequence[MovementEvent], *, heard_at: datetime) -> None:
    """Lock the persons until the end of the transaction, and add the events that are new.

    With them, how far each establishment's feed has come, in one row for each.
    """
    heard = _newest_of_feeds(events)
    await connection.execute(
        _ADD,
        [event.event_id for event, _ in events],
        [event.subject for event, _ in events],
        [movement.establishment for _, movement in events],
        [movement.movement_id for _, movement in events],
        [event.sequence for event, _ in events],
        [TYPES[type(movement)] for _, movement in events],
        [event.recorded_at for event, _ in events],
        [_encoder.encode(movement) for _, movement in events],
        heard_at,
        list(heard),
        [each.recorded_at for each in heard.values()],
        [each.emitted_at for each in heard.values()],
        [each.legal_entity for each in heard.values()],
    )


@dataclass(slots=True)
class _Heard:
    recorded_at: datetime
    emitted_at: datetime
    legal_entity: str | None


def _newest_of_feeds(events: Sequence[MovementEvent]) -> dict[str, _Heard]:
    """Of each establishment: when its newest was recorded, when the newest was emitted, and its legal entity.

    A sender's clock may run ahead: nothing was emitted after it was recorded.
    """
    newest: dict[str, _Heard] = {}
    for event, movement in events:
        if is_movement(movement):
            heard = newest.get(movement.establishment)
            if heard is None:
                heard = newest[movement.establishment] = _Heard(event.recorded_at, _LONG_AGO, None)
            heard.recorded_at = max(heard.recorded_at, event.recorded_at)
            if movement.emitted_at > heard.emitted_at:
                heard.emitted_at = max(heard.emitted_at, min(movement.emitted_at, event.recorded_at))
            heard.legal_entity = movement.legal_entity or heard.legal_entity
    return newest


async def histories(
    connection: Executor, person_ids: Collection[UUID], *, with_those: Sequence[MovementEvent]
) -> dict[UUID, list[RecordedEvent]]:
    """All that was stated about these persons, in no order; `with_those` are not read back.

    Call it after `add`, as a statement of its own: only a new snapshot sees what was committed while
    the lock was waited for.
    """
    found: dict[UUID, list[RecordedEvent]] = defaultdict(list)
    for event, _ in with_those:
        found[event.subject].append(event)
    ids = [event.event_id for event, _ in with_those]
    for row in await connection.fetch(_READ_OTHERS, list(person_ids), ids):
        found[row["person_id"]].append(_recorded(row))
    return found


async def persons_of(connection: Executor, event_ids: Collection[UUID]) -> list[UUID]:
    """Of whom these events state something."""
    return [row["person_id"] for row in await connection.fetch(_PERSONS_OF, list(event_ids))]


async def remove(connection: Connection, event_ids: Collection[UUID]) -> None:
    """Remove events of persons whom the caller has locked."""
    await connection.execute(_REMOVE, list(event_ids))


async def about_movement(connection: Executor, person_id: UUID, movement_id: UUID) -> list[RecordedEvent]:
    """All that was stated about one movement, in no order."""
    return [_recorded(row) for row in await connection.fetch(_READ_MOVEMENT, person_id, movement_id)]


def _recorded(row: Any) -> RecordedEvent:
    movement = _decoders[row["type"]].decode(row["data"])
    return RecordedEvent(
        event_id=row["event_id"],
        publisher=ADMISSION,
        subject=row["person_id"],
        sequence=row["sequence"],
        occurred_at=movement.occurred_at if is_movement(movement) else row["recorded_at"],
        recorded_at=row["recorded_at"],
        data=movement,
    )
