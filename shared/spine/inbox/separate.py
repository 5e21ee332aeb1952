"""Decides which records of a batch may be applied and which must be parked; pure.

Within a stream (publisher, subject) a parked event blocks those with a later sequence: they are parked
behind it. Other streams are not affected.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from shared.events.erasure import PersonErased
from shared.spine.records.incoming import IncomingRecord, Stream

WAITS: str = "waits for an earlier event of its subject"


class RecordToPark(msgspec.Struct, frozen=True):
    """A record to park, and why."""

    incoming: IncomingRecord
    reason: str


class Separated(msgspec.Struct, frozen=True):
    """The two parts of a batch."""

    applicable: list[IncomingRecord]
    """For the inbox; those of an unknown type as well."""
    to_park: list[RecordToPark]
    """By sequence."""


def separate(
    batch: Sequence[IncomingRecord], *, rejected: Mapping[UUID, str], blocked: Mapping[Stream, int]
) -> Separated:
    """Separate a batch. `rejected`: event id -> reason; `blocked`: stream -> its first parked sequence."""
    if not (blocked or rejected or any(incoming.reason is not None for incoming in batch)):
        return Separated(list(batch), [])  # as nearly always
    barriers = dict(blocked)
    wrong: list[RecordToPark] = []
    readable: list[IncomingRecord] = []
    for incoming in batch:
        reason = _reason_to_park(incoming, rejected)
        if reason is None:
            readable.append(incoming)
            continue
        wrong.append(RecordToPark(incoming, reason))
        if incoming.envelope is not None:
            stream, sequence = incoming.envelope.stream, incoming.envelope.sequence
            barriers[stream] = min(sequence, barriers.get(stream, sequence))
    waiting = [incoming for incoming in readable if _is_behind(incoming, barriers)]
    applicable = [incoming for incoming in readable if not _is_behind(incoming, barriers)]
    to_park = wrong + [RecordToPark(incoming, WAITS) for incoming in waiting]
    return Separated(applicable, sorted(to_park, key=_sequence_of))


def _reason_to_park(incoming: IncomingRecord, rejected: Mapping[UUID, str]) -> str | None:
    if incoming.reason is not None or incoming.envelope is None:
        return incoming.reason
    return rejected.get(incoming.envelope.event_id)


def _is_behind(incoming: IncomingRecord, barriers: Mapping[Stream, int]) -> bool:
    # An event of a type we do not know has no effect here, so it need not wait. Whoever is to be forgotten is
    # forgotten at once: with what waits, too.
    envelope = incoming.envelope
    if envelope is None or incoming.data is None or isinstance(incoming.data, PersonErased):
        return False
    return envelope.sequence > barriers.get(envelope.stream, envelope.sequence)


def _sequence_of(record: RecordToPark) -> int:
    return record.incoming.envelope.sequence if record.incoming.envelope is not None else 0
