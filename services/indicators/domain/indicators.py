"""Computes the values of each indicator: a pure function of the set of facts and of `as_of`.

The facts may hold more than is asked for: other establishments, other days, and what was recorded
after `as_of`, which is not used. Neither their order nor repetition matters.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from services.indicators.domain.calendar import Period, day_of
from services.indicators.domain.carer_delay import delay_to_carer_informed, waits
from services.indicators.domain.facts import ExpectationFact, FactOfMovement, ObligationFact, recorded_by
from services.indicators.domain.figures import (
    ObservationType,
    Summarise,
    Value,
    daily_values,
    value_of,
)
from services.indicators.domain.length_of_stay import ended_stays, length_of_stay
from services.indicators.domain.occupancy import censuses, occupancy
from services.indicators.domain.stays import Stay, stays
from services.indicators.domain.transfers import due_transfers, transfers_confirmed_in_time


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """An establishment, a period, and the moment as of which the answer holds."""

    establishment: str
    period: Period
    as_of: datetime


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much was known of the establishment at `as_of`, also outside the period."""

    events: int
    newest_recorded_at: datetime | None
    earliest_at: datetime | None
    """The earliest time of any known fact; before it, nothing is counted."""


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """The value of each day, and of the whole period."""

    whole: Value
    days: list[Value]


def occupancy_series(facts: Iterable[FactOfMovement], question: Question, coverage: Coverage) -> Series:
    """Persons present."""
    counted = censuses(
        _stays(facts, question),
        period=question.period,
        as_of=question.as_of,
        observed_since=day_of(coverage.earliest_at) if coverage.earliest_at else None,
    )
    return _series(counted, occupancy, question)


def length_of_stay_series(facts: Iterable[FactOfMovement], question: Question, _coverage: Coverage) -> Series:
    """Length of the stays that ended."""
    ended = ended_stays(_stays(facts, question), period=question.period, as_of=question.as_of)
    return _series(ended, length_of_stay, question)


def transfers_series(facts: Iterable[ExpectationFact], question: Question, _coverage: Coverage) -> Series:
    """Share of transfers confirmed in time."""
    due = due_transfers(
        recorded_by(facts, question.as_of),
        establishment=question.establishment,
        period=question.period,
        as_of=question.as_of,
    )
    return _series(due, transfers_confirmed_in_time, question)


def carer_delay_series(facts: Iterable[ObligationFact], question: Question, _coverage: Coverage) -> Series:
    """Delay until carers were informed."""
    ended = waits(
        recorded_by(facts, question.as_of),
        establishment=question.establishment,
        period=question.period,
        as_of=question.as_of,
    )
    return _series(ended, delay_to_carer_informed, question)


def _stays(facts: Iterable[FactOfMovement], question: Question) -> list[Stay]:
    return [
        stay
        for stay in stays(recorded_by(facts, question.as_of), at=question.as_of)
        if stay.establishment == question.establishment
    ]


def _series(
    observations: Sequence[ObservationType], summarise: Summarise[ObservationType], question: Question
) -> Series:
    return Series(
        whole=value_of(observations, summarise, period=question.period, as_of=question.as_of),
        days=daily_values(observations, summarise, period=question.period, as_of=question.as_of),
    )
