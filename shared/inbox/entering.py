"""How is an event entered, once? In one statement, which also says what is now known to be missing.

Only the event id may conflict silently: that another event holds the sequence is not a repetition. In the
same commit, the seal of an hour that was counted already is opened again (`shared.reconciliation.seals`),
and a hole is noted: a number whose successor came, which is neither here, nor with it, nor parked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from shared.db.pool import Connection
from shared.inbox.incoming import Envelope, Incoming
from shared.inbox.received import EventRejected

SEQUENCE_TAKEN: Final = "its sequence belongs to another event"

# Several batches may come late for the same hours: they lock the seals in sorted order, and only once.
_ENTER: Final = """
WITH came AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::text[])
        AS c (event_id, publisher, subject, sequence, recorded_at, establishment)
), entered AS (
    INSERT INTO inbox (event_id, publisher, subject, sequence, recorded_at, establishment, applied_at)
    SELECT event_id, publisher, subject, sequence, recorded_at, establishment, $7 FROM came
    ON CONFLICT DO NOTHING
    RETURNING event_id, publisher, subject, sequence, recorded_at
), opened AS (
    UPDATE seals SET state = 'open' WHERE (publisher, window_start) IN (
        SELECT publisher, window_start FROM seals
        WHERE state <> 'open' AND (publisher, window_start) IN (
            SELECT DISTINCT publisher, date_trunc('hour', recorded_at, 'UTC') FROM entered
        )
        ORDER BY publisher, window_start FOR UPDATE
    )
), noticed AS (
    INSERT INTO holes (publisher, subject, sequence, noticed_at)
    SELECT publisher, subject, sequence - 1, $7 FROM entered WHERE sequence > 1
        AND NOT EXISTS (
            SELECT FROM came WHERE (came.publisher, came.subject) = (entered.publisher, entered.subject)
                AND came.sequence = entered.sequence - 1
        )
        AND NOT EXISTS (
            SELECT FROM inbox WHERE (inbox.publisher, inbox.subject) = (entered.publisher, entered.subject)
                AND inbox.sequence = entered.sequence - 1
        )
        AND NOT EXISTS (
            SELECT FROM parked WHERE (parked.publisher, parked.subject) = (entered.publisher, entered.subject)
                AND parked.sequence = entered.sequence - 1 AND parked.state = 'parked'
        )
    ON CONFLICT DO NOTHING
    RETURNING true
)
SELECT event_id, (SELECT count(*) FROM noticed) AS holes FROM entered
"""
_KNOWN: Final = "SELECT event_id FROM inbox WHERE event_id = ANY($1::uuid[])"


class Entered(msgspec.Struct, frozen=True):
    """What was not there before."""

    new: list[Incoming]
    """Each once, in order."""
    holes: int
    """Numbers that were noticed to be missing."""


async def enter(connection: Connection, admitted: Sequence[Incoming], *, now: datetime) -> Entered:
    """Enter the events in the inbox; raises EventRejected for one whose sequence another event holds."""
    came: dict[UUID, tuple[Envelope, Incoming]] = {}
    for incoming in admitted:
        if incoming.envelope is not None:
            came.setdefault(incoming.envelope.event_id, (incoming.envelope, incoming))
    if not came:
        return Entered([], 0)
    rows = await connection.fetch(
        _ENTER,
        list(came),
        [envelope.publisher for envelope, _ in came.values()],
        [envelope.subject for envelope, _ in came.values()],
        [envelope.sequence for envelope, _ in came.values()],
        [envelope.recorded_at for envelope, _ in came.values()],
        [incoming.establishment for _, incoming in came.values()],
        now,
    )
    new = {row["event_id"] for row in rows}
    if len(new) < len(came):
        await _refuse_taken_sequences(connection, [id_ for id_ in came if id_ not in new])
    holes = rows[0]["holes"] if rows else 0
    return Entered([incoming for event_id, (_, incoming) in came.items() if event_id in new], holes)


async def _refuse_taken_sequences(connection: Connection, not_new: Sequence[UUID]) -> None:
    """An event that is neither new nor known has a sequence that another one holds."""
    known = {row["event_id"] for row in await connection.fetch(_KNOWN, not_new)}
    for event_id in not_new:
        if event_id not in known:
            raise EventRejected(event_id, SEQUENCE_TAKEN)
