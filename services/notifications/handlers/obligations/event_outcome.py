"""Reads what became of an event: applied or not, and how many were told."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

import msgspec

from services.notifications.domain.obligations.obligation import counted_status
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.obligations import timeouts
from shared.spine.service.outcome import EventOutcome as SpineOutcome


class EventOutcome(SpineOutcome, frozen=True, kw_only=True):
    """What a receipt shows of notifications."""

    obligations: Mapping[str, int] = msgspec.field(default_factory=dict)
    """Status (`informed`, `superseded`, `suppressed`, `expired`, ..., `pending`) -> count."""


async def event_outcome(dependencies: Dependencies, event_id: UUID) -> tuple[str | None, EventOutcome]:
    """The establishment that stated an applied event, and how many were told of it."""
    counts: Counter[str] = Counter()
    for status, number in (await timeouts.outcome_counts(dependencies.pool, event_id)).items():
        counts[counted_status(status)] += number
    stated_by = await timeouts.stated_by(dependencies.pool, event_id)
    return stated_by, EventOutcome(state="applied", obligations=counts)
