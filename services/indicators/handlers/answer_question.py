"""Answers a question about an indicator: its values and how complete they are."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from services.indicators.domain import indicators
from services.indicators.domain.definitions.definition import Definition, Name, Unit
from services.indicators.domain.figures import Value
from services.indicators.domain.indicators import Coverage, Question, Series
from services.indicators.handlers.dependencies import Dependencies
from services.indicators.storage import selection
from shared.database.pool import Executor


class ValueShape(msgspec.Struct, frozen=True, kw_only=True, rename={"first_day": "from", "last_day": "to"}):
    """The value of one day, or of the whole period."""

    first_day: date
    last_day: date
    value: float | None
    numerator: float | None
    denominator: int
    details: Mapping[str, float | None]
    provisional: bool
    """The day or period was not over at `as_of`."""
    events: int
    """How many events the value rests on."""
    newest_recorded_at: datetime | None
    """When the newest of these events was recorded."""


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the establishment at `as_of`, and what is known now to be missing."""

    events: int
    newest_recorded_at: datetime | None
    earliest_at: datetime | None
    holes: int
    """Missing sequence numbers of the persons that the values are about."""
    parked: int
    """Events, of any establishment, that wait to be repaired or dismissed."""


class IndicatorValues(
    msgspec.Struct, frozen=True, kw_only=True, rename={"first_day": "from", "last_day": "to"}
):
    """An indicator of an establishment: over the whole period, and for each day."""

    indicator: Name
    unit: Unit
    establishment: str
    first_day: date
    last_day: date
    as_of: datetime
    whole: ValueShape
    days: list[ValueShape]
    completeness: Completeness


class IndicatorComputation(msgspec.Struct, frozen=True):
    """The facts that an indicator rests on, and the function that computes its values from them."""

    kind: selection.Kind
    select: Callable[[Executor, Question], Awaitable[Sequence[Any]]]
    compute: Callable[[Sequence[Any], Question, Coverage], Series]


COMPUTATIONS: Final[Mapping[Name, IndicatorComputation]] = {
    "occupancy": IndicatorComputation("movements", selection.movements_for, indicators.occupancy_series),
    "length_of_stay": IndicatorComputation(
        "movements", selection.movements_for, indicators.length_of_stay_series
    ),
    "transfers_confirmed_in_time": IndicatorComputation(
        "expectations", selection.expectations_for, indicators.transfers_series
    ),
    "delay_to_carer_informed": IndicatorComputation(
        "obligations", selection.obligations_for, indicators.carer_delay_series
    ),
}


async def answer_question(
    dependencies: Dependencies, definition: Definition, question: Question
) -> IndicatorValues:
    """The values of an indicator, of each day of the period and of the whole."""
    computation = COMPUTATIONS[definition.name]
    pool = dependencies.pool
    # Coverage first: what is stored meanwhile may enter the values, and the coverage must not claim it.
    coverage = await selection.coverage_of(
        pool, computation.kind, question.establishment, as_of=question.as_of
    )
    facts = await computation.select(pool, question)
    missing = await selection.missing_of(pool, {fact.person_id for fact in facts})
    # A year of a large hospital is seconds of arithmetic; other requests go on meanwhile.
    series = await asyncio.to_thread(computation.compute, facts, question, coverage)
    return IndicatorValues(
        indicator=definition.name,
        unit=definition.unit,
        establishment=question.establishment,
        first_day=question.period.first_day,
        last_day=question.period.last_day,
        as_of=question.as_of,
        whole=_value_shape(series.whole),
        days=[_value_shape(day) for day in series.days],
        completeness=Completeness(
            events=coverage.events,
            newest_recorded_at=coverage.newest_recorded_at,
            earliest_at=coverage.earliest_at,
            holes=missing.holes,
            parked=missing.parked,
        ),
    )


async def is_known(dependencies: Dependencies, establishment: str) -> bool:
    """Whether this service has ever received a fact of the establishment."""
    return await selection.is_known(dependencies.pool, establishment)


def _value_shape(value: Value) -> ValueShape:
    return ValueShape(
        first_day=value.period.first_day,
        last_day=value.period.last_day,
        value=value.figures.value,
        numerator=value.figures.numerator,
        denominator=value.figures.denominator,
        details=value.figures.details,
        provisional=value.provisional,
        events=value.events,
        newest_recorded_at=value.newest_recorded_at,
    )
