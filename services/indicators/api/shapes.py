"""Defines the shapes of the answers."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from services.indicators.domain.definitions.definition import Definition, Name, Unit
from services.indicators.domain.figures import Value
from services.indicators.handlers.answer_question import Answer


class DefinitionList(msgspec.Struct, frozen=True):
    """Every indicator there is."""

    indicators: tuple[Definition, ...]


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


def values_of(definition: Definition, answer: Answer) -> IndicatorValues:
    """The answer to a question, in the shape in which it is sent."""
    question = answer.question
    return IndicatorValues(
        indicator=definition.name,
        unit=definition.unit,
        establishment=question.establishment,
        first_day=question.period.first_day,
        last_day=question.period.last_day,
        as_of=question.as_of,
        whole=_value(answer.series.whole),
        days=[_value(day) for day in answer.series.days],
        completeness=Completeness(
            events=answer.coverage.events,
            newest_recorded_at=answer.coverage.newest_recorded_at,
            earliest_at=answer.coverage.earliest_at,
            holes=answer.missing.holes,
            parked=answer.missing.parked,
        ),
    )


def _value(value: Value) -> ValueShape:
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
