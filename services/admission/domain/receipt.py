"""Defines the receipt that a sender holds, and the outcome of sending something twice."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.admission.domain.checks import Mark


class Receipt(Struct, frozen=True, kw_only=True):
    """Proof that a movement is stored and will reach every service."""

    receipt_id: UUID
    event_id: UUID
    person_id: UUID
    source_event_id: str
    accepted_at: datetime
    content_sha256: str  # of the body's canonical JSON, hexadecimal
    marks: tuple[Mark, ...]
    """Doubts; none of them prevents anything."""
    ignored: tuple[str, ...] = ()
    """JSON pointers to details that could not be read: they count as not stated (mark `detail_ignored`)."""


class NumberedReceipt(Receipt, frozen=True, kw_only=True):
    """The receipt with its movement and stay, by our opaque ids and by the numbers of their sender."""

    movement_id: UUID
    stay_id: UUID
    source_movement_id: str | None
    """The sender's number, shown to the establishment that stated it, until the person is erased."""
    source_stay_id: str | None
    source_unit: str | None
    """The unit as the sender stated it, whatever code it travels under; shown as its numbers are."""
    source_medical_unit: str | None
    source_nursing_unit: str | None
    moved_to: UUID | None
    """The person who has the movement now, where that is another one than this statement named: because of
    a newer statement, a decision or a merge."""


class ServiceOutcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one service says of the event."""

    state: Literal["applied", "pending", "parked", "dismissed", "unreachable"]
    problem: str | None = None
    """What is wrong with an event that is parked there, or was and is dismissed."""
    marks: tuple[str, ...] = ()
    obligations: dict[str, int] = {}
    """How many obligations of the event are in each status."""


class Accepted(Struct, frozen=True):
    """The submission was new."""

    receipt: Receipt


class Repeated(Struct, frozen=True):
    """The same submission was stored before; its first receipt."""

    receipt: Receipt


class Conflict(Struct, frozen=True):
    """Another body was stored under this source event id; both digests are hexadecimal SHA-256."""

    stored_sha256: str
    given_sha256: str


Outcome = Accepted | Repeated | Conflict


def resubmitted(stored: Receipt, *, given_sha256: str) -> Repeated | Conflict:
    """The outcome of a submission whose source event id is taken, by the digest of its content (hex)."""
    stored_sha256 = stored.content_sha256
    return Repeated(stored) if stored_sha256 == given_sha256 else Conflict(stored_sha256, given_sha256)
