"""Where does an event go that is wrong? Into `parked`, with all that was received, until a person decides.

States: parked -> applied (repaired, applied in sequence order) or dismissed. A row in state parked blocks
the later events of its stream. Whoever settles a row must hold all positions (`checkpoint.hold_all`), or a
batch that runs meanwhile may still see the stream as blocked.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from shared.database.pool import Connection, Executor
from shared.spine.inbox.sorting import Parcel
from shared.spine.records.incoming import Envelope, Stream

CAP: Final = 1000
"""So many events of a service may be parked."""


class ParkingCapReached(Exception):  # noqa: N818
    """So many events cannot be wrong: we are. Stops the worker; nothing of the batch is committed."""


_STANDING: Final = """
SELECT event_id, NULL::text AS publisher, NULL::uuid AS subject, NULL::bigint AS first
FROM parked WHERE event_id = ANY($1::uuid[])
UNION ALL
SELECT NULL, publisher, subject, min(sequence)
FROM parked JOIN unnest($2::text[], $3::uuid[]) AS wanted (publisher, subject) USING (publisher, subject)
WHERE state = 'parked' GROUP BY publisher, subject
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
    WITH ORDINALITY AS parcel (reason, event_id, publisher, subject, sequence, type, recorded_at,
        establishment, topic, partition, record_offset, record_sha256, key, headers, value, position)
ORDER BY position
ON CONFLICT DO NOTHING
"""
_NAMED: Final = ("event_id", "publisher", "subject", "sequence", "type", "recorded_at")
_COUNT: Final = "SELECT count(*) FROM parked WHERE state = 'parked'"


class Standing(msgspec.Struct, frozen=True):
    """What a batch must know of earlier parking."""

    known: set[UUID]
    """Events of the batch that were parked before, whatever became of them: not to be applied or parked."""
    blocked: dict[Stream, int]
    """The first parked sequence of the batch's blocked streams."""


async def standing(connection: Connection, envelopes: Sequence[Envelope]) -> Standing:
    """Look up what earlier batches parked."""
    streams = {envelope.stream for envelope in envelopes}
    rows = await connection.fetch(
        _STANDING,
        [envelope.event_id for envelope in envelopes],
        [publisher for publisher, _ in streams],
        [subject for _, subject in streams],
    )
    known = {row["event_id"] for row in rows if row["event_id"] is not None}
    blocked = {
        (row["publisher"], row["subject"]): row["first"] for row in rows if row["publisher"] is not None
    }
    return Standing(known, blocked)


async def park(
    connection: Connection, parcels: Sequence[Parcel], *, cluster_id: str, cap: int, now: datetime
) -> int:
    """Park what is neither parked nor applied already; how many are parked then. Order is kept."""
    named = [parcel.incoming.envelope.event_id for parcel in parcels if parcel.incoming.envelope]
    applied = {row["event_id"] for row in await connection.fetch(_APPLIED, named)}
    rows = [
        _row(parcel)
        for parcel in parcels
        if parcel.incoming.envelope is None or parcel.incoming.envelope.event_id not in applied
    ]
    if rows:
        await connection.execute(_PARK, now, cluster_id, *map(list, zip(*rows, strict=True)))
    parked = await count_parked(connection)
    if parked > cap:
        raise ParkingCapReached(f"more than {cap} events are parked")
    return parked


async def count_parked(connection: Executor) -> int:
    """How many events wait for a person."""
    count: int = await connection.fetchval(_COUNT)
    return count


def _row(parcel: Parcel) -> tuple[object, ...]:
    incoming, envelope = parcel.incoming, parcel.incoming.envelope
    named = tuple(getattr(envelope, field, None) for field in _NAMED)
    headers = [[name, base64.b64encode(value or b"").decode()] for name, value in incoming.headers]
    content = (incoming.key, msgspec.json.encode(headers), incoming.value)
    sha256 = hashlib.sha256(msgspec.msgpack.encode(content)).digest()
    place = (incoming.topic, incoming.partition, incoming.offset)
    return (parcel.reason, *named, incoming.establishment, *place, sha256, *content)
