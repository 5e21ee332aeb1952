"""Defines the envelope of an event, the same for every publisher.

A publisher states a `NewEvent`; the ledger gives it its place and makes it a `RecordedEvent`.
Every consumer gets the latter: `(publisher, subject, sequence)` is dense, so a hole is visible.
None refers to itself, so Python need not look for cycles among them (`gc=False`).
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""Has an offset from UTC."""

TraceContext = dict[str, str]
"""W3C `traceparent` and `tracestate` header values; empty when not traced."""


class Payload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The data of an event; changes only by adding fields that have a default."""


class NewEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact that a service is about to publish."""

    event_id: UUID
    subject: UUID
    """Who it is about, and the Kafka key: a person, or a source for grants of access."""
    occurred_at: Moment
    data: Payload
    trace: TraceContext = {}


class RecordedEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact with its place: the `sequence`-th one (1, 2, 3, ...) that `publisher` states of `subject`."""

    event_id: UUID
    publisher: str
    subject: UUID
    sequence: int
    occurred_at: Moment
    recorded_at: Moment
    data: Payload
    trace: TraceContext = {}
