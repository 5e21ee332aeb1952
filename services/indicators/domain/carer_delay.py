"""Measures how long carers wait for news, from the recorded event until they are informed.

Counted on the day on which the obligation was settled. One that was superseded by newer news, or
suppressed because nobody had to be informed, made no carer wait; one that expired did, and has no delay.
"""

import statistics
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.indicators.domain.calendar import Period, day_of
from services.indicators.domain.facts import ObligationFact
from services.indicators.domain.figures import Evidence, Figures, Observation, percentile, share

PROMPT_SECONDS: Final = 30 * 60
_INFORMED: Final = ("informed", "acknowledged", "handled_by_human")
_WITHOUT_WAIT: Final = ("superseded", "suppressed")


class Wait(Observation, frozen=True, kw_only=True):
    """A carer who had to be informed; the delays are `None` for one who was not."""

    from_recorded_seconds: float | None
    from_occurred_seconds: float | None


def waits(
    facts: Iterable[ObligationFact], *, establishment: str, period: Period, as_of: datetime
) -> list[Wait]:
    """The waits of carers that ended in the period and before `as_of`, whether they were informed or not."""
    settled: dict[UUID, ObligationFact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.person_id, fact.sequence)):
        settled[fact.obligation_id] = fact
    return [
        _wait_of(fact)
        for fact in settled.values()
        if fact.recipient_role == "carer"
        and fact.establishment == establishment
        and fact.outcome not in _WITHOUT_WAIT
        and fact.settled_at <= as_of
        and day_of(fact.settled_at) in period
    ]


def delay_to_carer_informed(observed: Sequence[Wait]) -> Figures:
    """The median delay, and the share of carers who were informed within half an hour."""
    recorded = [wait.from_recorded_seconds for wait in observed if wait.from_recorded_seconds is not None]
    occurred = [wait.from_occurred_seconds for wait in observed if wait.from_occurred_seconds is not None]
    prompt = sum(delay <= PROMPT_SECONDS for delay in recorded)
    return Figures(
        value=statistics.median(recorded) if recorded else None,
        numerator=prompt if observed else None,
        denominator=len(observed),
        details={
            "p90": percentile(recorded, 90),
            "median_from_occurred": statistics.median(occurred) if occurred else None,
            "p90_from_occurred": percentile(occurred, 90),
            "share_within_30_minutes": share(prompt, len(observed)),
            "informed": len(recorded),
        },
    )


def _wait_of(fact: ObligationFact) -> Wait:
    informed = fact.outcome in _INFORMED
    return Wait(
        day=day_of(fact.settled_at),
        rests_on=(Evidence(events=1, newest_recorded_at=fact.recorded_at),),
        from_recorded_seconds=_seconds_between(fact.fact_recorded_at, fact.settled_at) if informed else None,
        from_occurred_seconds=_seconds_between(fact.fact_occurred_at, fact.settled_at) if informed else None,
    )


def _seconds_between(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()
