"""What does a sender hold in its hand? The receipt; and what comes of sending the same thing again."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.admission.domain.marks import Mark


class Receipt(Struct, frozen=True, kw_only=True):
    """Proof that a movement is stored and will reach every service."""

    receipt_id: UUID
    event_id: UUID
    person_id: UUID
    source_event_id: str
    sequence: int
    """The event is the `sequence`-th one of its person."""
    accepted_at: datetime
    content_sha256: str
    """Of the body's canonical JSON."""
    marks: tuple[Mark, ...]
    """What was noticed; nothing here prevents anything."""


class ServiceOutcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one service says of the event."""

    state: Literal["applied", "pending", "parked", "dismissed", "unreachable"]
    marks: tuple[str, ...] = ()
    obligations: dict[str, int] = {}
    """How many obligations of the event are in each status."""


class Accepted(Struct, frozen=True):
    """It was new."""

    receipt: Receipt


class Repeated(Struct, frozen=True):
    """The same was stored before: its receipt again."""

    receipt: Receipt


class Contradicted(Struct, frozen=True):
    """Something else was stored under this source event id."""

    stored_sha256: str
    given_sha256: str


Outcome = Accepted | Repeated | Contradicted


def sent_again(stored: Receipt, *, given_sha256: str) -> Repeated | Contradicted:
    """What to answer to a submission whose source event id is taken."""
    if stored.content_sha256 == given_sha256:
        return Repeated(stored)
    return Contradicted(stored_sha256=stored.content_sha256, given_sha256=given_sha256)
