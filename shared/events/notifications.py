"""Defines what notifications publishes: how each obligation ended; the subject is the person."""

from typing import Literal
from uuid import UUID

from shared.events.envelope import Moment, Payload

Outcome = Literal["informed", "acknowledged", "handled_by_human", "superseded", "suppressed", "expired"]


class ObligationSettled(Payload, frozen=True, kw_only=True):
    """An obligation reached its one outcome."""

    obligation_id: UUID
    caused_by: UUID
    """`event_id` of the event that someone had to be told."""
    kind: str
    """From the catalogue, such as `admission.occurred`."""
    establishment: str
    """FINESS number of the establishment that stated the fact."""
    recipient_role: Literal["carer", "professional"]
    outcome: Outcome
    fact_occurred_at: Moment
    fact_recorded_at: Moment
    settled_at: Moment
    reason: str | None = None
    channel: str | None = None
    """The one that reached the recipient; None when nobody was told."""
