"""What became of an event here? Applied or not, and how many were told; counts only."""

from collections import Counter
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import msgspec

from services.notifications.domain.obligations.obligation import counted_status
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.obligations import timeouts
from shared.security.principal import Principal
from shared.spine.inbox.outcome import PUT_ASIDE, AppliedState, applied_state, establishment_of_parked

# No establishment has this name: only an operator of the whole platform may see such events.
_UNREADABLE: Final = "unreadable"


class EventOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt shows of this service."""

    state: AppliedState
    obligations: Mapping[str, int]
    """Status (`informed`, `superseded`, `suppressed`, `expired`, ..., `pending`) -> count."""


async def outcome_of(
    dependencies: Dependencies, *, principal: Principal, event_id: UUID
) -> EventOutcome | None:
    """None for an event that another establishment stated.

    An event that nobody here has seen is pending for whoever asks: it may be on its way, and saying so
    gives nothing away.
    """
    state = await applied_state(dependencies.pool, event_id)
    if state == "pending":
        return EventOutcome(state=state, obligations={})
    if state in PUT_ASIDE:
        stated_by = await establishment_of_parked(dependencies.pool, event_id)
    else:
        stated_by = await timeouts.stated_by(dependencies.pool, event_id)
    if not principal.may_see(stated_by or _UNREADABLE):
        return None
    counts: Counter[str] = Counter()
    for status, number in (await timeouts.outcome_counts(dependencies.pool, event_id)).items():
        counts[counted_status(status)] += number
    return EventOutcome(state=state, obligations=counts)
