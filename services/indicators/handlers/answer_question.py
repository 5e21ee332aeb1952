"""Answers a question about an indicator: its values and how complete they are."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from services.indicators.domain import indicators
from services.indicators.domain.definitions.definition import Name
from services.indicators.domain.indicators import Coverage, Question, Series
from services.indicators.handlers.dependencies import Dependencies
from services.indicators.storage import selection
from shared.database.pool import Executor


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The values that were asked for, and how complete they are."""

    question: Question
    series: Series
    coverage: Coverage
    missing: selection.Missing


class Source(msgspec.Struct, frozen=True):
    """The facts that an indicator rests on, and the function that computes its values from them."""

    kind: selection.Kind
    select: Callable[[Executor, Question], Awaitable[Sequence[Any]]]
    compute: Callable[[Sequence[Any], Question, Coverage], Series]


SOURCES: Final[Mapping[Name, Source]] = {
    "occupancy": Source("movements", selection.movements_for, indicators.occupancy_series),
    "length_of_stay": Source("movements", selection.movements_for, indicators.length_of_stay_series),
    "transfers_confirmed_in_time": Source(
        "expectations", selection.expectations_for, indicators.transfers_series
    ),
    "delay_to_carer_informed": Source(
        "obligations", selection.obligations_for, indicators.carer_delay_series
    ),
}


async def answer_question(dependencies: Dependencies, name: Name, question: Question) -> Answer:
    """The values of an indicator, of each day of the period and of the whole."""
    source = SOURCES[name]
    pool = dependencies.pool
    # Coverage first: what is stored meanwhile may enter the values, and the coverage must not claim it.
    coverage = await selection.coverage_of(pool, source.kind, question.establishment, as_of=question.as_of)
    selected = await source.select(pool, question)
    missing = await selection.missing_of(pool, {fact.person_id for fact in selected})
    # A year of a large hospital is seconds of arithmetic; other requests go on meanwhile.
    series = await asyncio.to_thread(source.compute, selected, question, coverage)
    return Answer(question=question, series=series, coverage=coverage, missing=missing)


async def is_known(dependencies: Dependencies, establishment: str) -> bool:
    """Whether this service has ever received a fact of the establishment."""
    return await selection.is_known(dependencies.pool, establishment)
