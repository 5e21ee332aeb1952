"""What became of an event here? Applied or not, and how many were told; counts only."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

import msgspec

from services.notifications.handlers.means import Means
from shared.security.principal import Principal


class EventOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt shows of this service."""

    state: Literal["applied", "parked", "pending"]
    obligations: Mapping[str, int]
    """Status (`informed`, `superseded`, `suppressed`, `expired`, ..., `pending`) -> count."""


async def outcome_of(means: Means, *, principal: Principal, event_id: UUID) -> EventOutcome | None:
    """None unless the event is known here as one of the caller's establishment (an operator sees all)."""
    raise NotImplementedError
