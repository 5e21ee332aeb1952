"""Inserts events into the inbox, each once, in one statement that also notes which ones are missing.

Only the event id may conflict silently: another event with the same sequence is not a repetition. In the
same commit, an hour that was sealed, or is being counted, is opened
(`shared.spine.reconciliation.hours.sealed_hours`), and a hole is noted: a number whose successor came, which
is neither here, nor with it, nor parked.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from shared.database.pool import Connection
from shared.spine.records.incoming import Envelope, IncomingRecord
from shared.spine.records.received import EventRejected

SEQUENCE_TAKEN: Final = "its sequence belongs to another event"

# Several batches may come late for the same hours: they lock rows of `seals` in order, and only once.
_INSERT: Final = """
WITH came AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::text[])
        AS c (event_id, publisher, subject, sequence, recorded_at, establishment)
), inserted AS (
    INSERT INTO inbox (event_id, publisher, subject, sequence, recorded_at, establishment, applied_at)
    SELECT event_id, publisher, subject, sequence, recorded_at, establishment, $7 FROM came
    ON CONFLICT DO NOTHING
    RETURNING event_id
), opened AS (
    UPDATE seals SET state = 'open'
    FROM (
        SELECT publisher, window_start
        FROM unnest($8::text[], $9::timestamptz[]) AS hours (publisher, window_start)
            JOIN seals USING (publisher, window_start)
        WHERE state <> 'open' AND EXISTS (SELECT FROM inserted)
        ORDER BY publisher, window_start FOR UPDATE OF seals
    ) AS late
    WHERE seals.publisher = late.publisher AND seals.window_start = late.window_start
), noticed AS (
    INSERT INTO holes (publisher, subject, sequence, noticed_at)
    SELECT publisher, subject, sequence, $7
    FROM unnest($10::text[], $11::uuid[], $12::bigint[]) AS before (publisher, subject, sequence)
    WHERE NOT EXISTS (
        SELECT FROM inbox WHERE inbox.publisher = before.publisher AND inbox.subject = before.subject
            AND inbox.sequence = before.sequence
    ) AND NOT EXISTS (
        SELECT FROM parked WHERE parked.publisher = before.publisher AND parked.subject = before.subject
            AND parked.sequence = before.sequence AND parked.state = 'parked'
    )
    ON CONFLICT DO NOTHING
    RETURNING true
)
SELECT (SELECT count(*) FROM noticed) AS holes,
    CASE WHEN count(*) < cardinality($1::uuid[]) THEN coalesce(array_agg(event_id), '{}') END AS new
FROM inserted
"""
_KNOWN: Final = "SELECT event_id FROM inbox WHERE event_id = ANY($1::uuid[])"


class Inserted(msgspec.Struct, frozen=True):
    """What the inbox did not hold before."""

    new: list[IncomingRecord]
    """Each once, in order."""
    holes: int
    """How many sequence numbers were found to be missing."""


async def insert(connection: Connection, incoming: Sequence[IncomingRecord], *, now: datetime) -> Inserted:
    """Insert the events that the inbox lacks; raises EventRejected where another event has the sequence.

    A record without an envelope is left out.
    """
    came: dict[UUID, tuple[Envelope, IncomingRecord]] = {}
    for each in incoming:
        if each.envelope is not None:
            came.setdefault(each.envelope.event_id, (each.envelope, each))
    if not came:
        return Inserted([], 0)
    row = await connection.fetchrow(
        _INSERT,
        list(came),
        [envelope.publisher for envelope, _ in came.values()],
        [envelope.subject for envelope, _ in came.values()],
        [envelope.sequence for envelope, _ in came.values()],
        [envelope.recorded_at for envelope, _ in came.values()],
        [each.establishment for _, each in came.values()],
        now,
        *_recorded_hours(envelope for envelope, _ in came.values()),
        *_predecessors(envelope for envelope, _ in came.values()),
    )
    holes = row["holes"]
    if row["new"] is None:  # nearly always: all of them, so they are not sent back
        return Inserted([each for _, each in came.values()], holes)
    new = set(row["new"])
    await _refuse_taken_sequences(connection, [id_ for id_ in came if id_ not in new])
    return Inserted([each for event_id, (_, each) in came.items() if event_id in new], holes)


def _recorded_hours(came: Iterable[Envelope]) -> tuple[Sequence[str], Sequence[datetime]]:
    """The hours in which the events were recorded, each once."""
    moments = {(envelope.publisher, envelope.recorded_at) for envelope in came}
    found = {
        (publisher, moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0))
        for publisher, moment in moments
    }
    return [publisher for publisher, _ in found], [start for _, start in found]


def _predecessors(came: Iterable[Envelope]) -> tuple[Sequence[str], Sequence[UUID], Sequence[int]]:
    """The sequence numbers that must be here already: their successors come, and they do not."""
    places = {(envelope.publisher, envelope.subject, envelope.sequence) for envelope in came}
    before = [
        (publisher, subject, sequence - 1)
        for publisher, subject, sequence in places
        if sequence > 1 and (publisher, subject, sequence - 1) not in places
    ]
    return [place[0] for place in before], [place[1] for place in before], [place[2] for place in before]


async def _refuse_taken_sequences(connection: Connection, not_new: Sequence[UUID]) -> None:
    """An event that is neither new nor known has a sequence that another one holds."""
    known = {row["event_id"] for row in await connection.fetch(_KNOWN, not_new)}
    for event_id in not_new:
        if event_id not in known:
            raise EventRejected(event_id, SEQUENCE_TAKEN)
