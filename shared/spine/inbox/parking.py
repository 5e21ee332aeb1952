"""Parks wrong events in the table `parked`, with every byte received, until a person decides.

States: parked -> applied (repaired, and applied in sequence order) or dismissed. A row in state parked blocks
the later events of its stream. A transaction that resolves a row must hold `checkpoint.lock_all`, or a batch
that runs meanwhile may still see the stream as blocked.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from shared.database.pool import Connection, Executor
from shared.runtime.errors import WorkerStops
from shared.spine.inbox.separate import RecordToPark
from shared.spine.records.incoming import Envelope, Stream

CAP: Final = 1000
"""The most events of a service that may be parked."""


class ParkingCapReached(WorkerStops):
    """More events are parked than can be wrong: the service is. The worker stops."""


_EARLIER: Final = """
SELECT event_id, NULL::text AS publisher, NULL::uuid AS subject, NULL::bigint AS first
FROM parked WHERE event_id = ANY($1::uuid[])
UNION ALL
SELECT event_id, NULL, NULL, NULL FROM events_of_nobody WHERE event_id = ANY($1::uuid[])
UNION ALL
SELECT NULL, publisher, subject, min(sequence)
FROM parked JOIN unnest($2::text[], $3::uuid[]) AS wanted (publisher, subject) USING (publisher, subject)
WHERE state = 'parked' GROUP BY publisher, subject
UNION ALL
SELECT NULL, NULL, person_id, NULL FROM erased WHERE person_id = ANY($3::uuid[])
"""
_APPLIED: Final = "SELECT event_id FROM inbox WHERE event_id = ANY($1::uuid[])"
_PARK: Final = """
INSERT INTO parked (reason, parked_at, event_id, publisher, subject, sequence, type, recorded_at,
    establishment, cluster_id, topic, partition, record_offset, record_sha256, key, headers, value)
SELECT reason, $1, event_id, publisher, subject, sequence, type, recorded_at, establishment,
    $2, topic, partition, record_offset, record_sha256, key, headers, value
FROM unnest($3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::bigint[], $8::text[],
        $9::timestamptz[], $10::text[], $11::text[], $12::int[], $13::bigint[], $14::bytea[], $15::bytea[],
        $16::bytea[], $17::bytea[])
    WITH ORDINALITY AS record (reason, event_id, publisher, subject, sequence, type, recorded_at,
        establishment, topic, partition, record_offset, record_sha256, key, headers, value, position)
ORDER BY position
ON CONFLICT DO NOTHING
"""
_NAMED: Final = ("event_id", "publisher", "subject", "sequence", "type", "recorded_at")
_COUNT: Final = "SELECT count(*) FROM parked WHERE state = 'parked'"


class Earlier(msgspec.Struct, frozen=True):
    """What earlier batches parked, and whom they erased, as far as it concerns this one."""

    event_ids: set[UUID]
    """Events of this batch that were parked before, whatever became of them, or taken back."""
    blocked: dict[Stream, int]
    """The first parked sequence of the batch's blocked streams."""
    erased: set[UUID]
    """Subjects of this batch who were erased."""


async def find_earlier(connection: Connection, envelopes: Sequence[Envelope]) -> Earlier:
    """Look up what earlier batches parked, and whom they erased."""
    streams = {envelope.stream for envelope in envelopes}
    rows = await connection.fetch(
        _EARLIER,
        [envelope.event_id for envelope in envelopes],
        [publisher for publisher, _ in streams],
        [subject for _, subject in streams],
    )
    event_ids = {row["event_id"] for row in rows if row["event_id"] is not None}
    blocked = {
        (row["publisher"], row["subject"]): row["first"] for row in rows if row["publisher"] is not None
    }
    named = {row["subject"] for row in rows if row["publisher"] is None}
    return Earlier(event_ids, blocked, named - {None})


async def park(
    connection: Connection, records: Sequence[RecordToPark], *, cluster_id: str, cap: int, now: datetime
) -> int:
    """Park the records whose event is neither parked nor applied, in order; returns how many are parked then.

    Raises ParkingCapReached when that is more than `cap`.
    """
    named = [record.incoming.envelope.event_id for record in records if record.incoming.envelope]
    applied = {row["event_id"] for row in await connection.fetch(_APPLIED, named)}
    rows = [
        _parked_row(record)
        for record in records
        if record.incoming.envelope is None or record.incoming.envelope.event_id not in applied
    ]
    if rows:
        await connection.execute(_PARK, now, cluster_id, *map(list, zip(*rows, strict=True)))
    parked = await count_parked(connection)
    if parked > cap:
        raise ParkingCapReached(f"more than {cap} events are parked")
    return parked


async def count_parked(connection: Executor) -> int:
    """How many events are parked."""
    count: int = await connection.fetchval(_COUNT)
    return count


def _parked_row(record: RecordToPark) -> tuple[object, ...]:
    incoming, envelope = record.incoming, record.incoming.envelope
    named = tuple(getattr(envelope, field, None) for field in _NAMED)
    headers = [[name, base64.b64encode(value or b"").decode()] for name, value in incoming.headers]
    content = (incoming.key, msgspec.json.encode(headers), incoming.value)
    sha256 = hashlib.sha256(msgspec.msgpack.encode(content)).digest()
    place = (incoming.topic, incoming.partition, incoming.offset)
    return (record.reason, *named, incoming.establishment, *place, sha256, *content)
