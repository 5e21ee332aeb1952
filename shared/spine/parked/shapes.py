"""Defines the requests and responses of `/v1/parked`."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

State = Literal["parked", "applied", "dismissed"]
Author = Annotated[str, Meta(min_length=1, max_length=100)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]


class ParkedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Where it came from and what became of it."""

    parked_id: int
    state: State
    reason: str
    parked_at: datetime
    event_id: UUID | None
    type: str | None
    publisher: str | None
    sequence: int | None
    establishment: str | None
    recorded_at: datetime | None
    topic: str
    partition: int
    offset: int
    settled_at: datetime | None
    settled_by: str | None
    settled_because: str | None


class ParkedEvents(msgspec.Struct, frozen=True, kw_only=True):
    """A page of them, oldest first."""

    parked: list[ParkedEvent]
    total: int
    """On all pages."""
    next: int | None
    """Ask for the next page with `after` set to this; None on the last one."""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What was received. Handle it as what it is: facts about a person."""

    subject: UUID | None
    headers: dict[str, str]
    key: str
    value: str


class ShownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One of them, and what stands before and behind it."""

    event: ParkedEvent
    waits_for: int | None
    """The `parked_id` that must be applied or dismissed first."""
    waiting_behind: int
    content: Content | None


class StillParked(msgspec.Struct, frozen=True, kw_only=True):
    """An event whose retry failed."""

    parked_id: int
    reason: str


class RetryOne(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants an event retried."""

    by: Author
    because: Reason | None = None


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it, and of what waited behind it."""

    applied: list[int]
    """The `parked_id` of each event that is applied now."""
    still_parked: list[StillParked]


class RetryMany(msgspec.Struct, frozen=True, kw_only=True):
    """Which events to retry, how fast, and when to give up."""

    by: Author
    because: Reason | None = None
    reason: str | None = None
    publisher: str | None = None
    rate_per_second: Annotated[float, Meta(ge=0.1, le=1000)] = 50.0
    stop_after_failures: Annotated[int, Meta(ge=1)] = 10
    after: str = ""
    """Where the last answer said to go on."""


class RetriedMany(msgspec.Struct, frozen=True, kw_only=True):
    """What a chunk of them became; ask for the next one as long as there is a `next`."""

    applied: int
    still_parked: list[StillParked]
    stopped: bool
    """So many failed that it is better to look first."""
    next: str | None


class Dismiss(msgspec.Struct, frozen=True, kw_only=True):
    """Who decided that an event is not to be applied here, and why."""

    by: Author
    because: Reason


class Dismissed(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from it."""

    parked_id: int
    follows: list[str]
    retryable: int | None
    """The first event that waited behind it, if it can be retried now."""
    waiting_behind: int
