"""Which use cases does indicators have? Keep facts, answer a question about them, say what was applied."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec

from services.indicators.domain import facts, indicators
from services.indicators.domain.definitions.definition import Name
from services.indicators.domain.indicators import Known, Question, Series
from services.indicators.storage import coverage, selection
from services.indicators.storage.facts import store
from shared.database.pool import Connection, Executor, Pool
from shared.events.admission import is_movement
from shared.events.notifications import ObligationSettled
from shared.runtime.clock import Clock
from shared.spine.inbox.outcome import PUT_ASIDE, AppliedState, applied_state
from shared.spine.inbox.parked_value import establishment_of_parked
from shared.spine.records.received import ReceivedEvent


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The values that were asked for, and how complete they are."""

    question: Question
    series: Series
    known: Known
    missing: coverage.Missing


class Outcome(msgspec.Struct, frozen=True):
    """What became of an event in this service."""

    state: AppliedState
    establishment: str | None
    """Whose fact it states; none while it was not received, and when it states nobody's."""


class Source(msgspec.Struct, frozen=True):
    """Which facts an indicator rests on, and how its values follow from them."""

    kind: coverage.Kind
    select: Callable[[Executor, Question], Awaitable[Sequence[Any]]]
    compute: Callable[[Sequence[Any], Question, Known], Series]


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


@dataclass(frozen=True, kw_only=True)
class Handlers:
    """The use cases over one database."""

    pool: Pool
    clock: Clock

    async def keep_movements(self, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        """Store what was said of movements."""
        said = [(event, event.data) for event in events if is_movement(event.data)]
        await store(connection, [facts.movement_fact(event, data) for event, data in said])

    async def keep_expectations(self, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        """Store what was said of expected arrivals."""
        said = [(event, event.data) for event in events if isinstance(event.data, facts.ExpectationEvent)]
        await store(connection, [facts.expectation_fact(event, data) for event, data in said])

    async def keep_obligations(self, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        """Store how obligations ended."""
        said = [(event, event.data) for event in events if isinstance(event.data, ObligationSettled)]
        await store(connection, [facts.obligation_fact(event, data) for event, data in said])

    async def answer(self, name: Name, question: Question) -> Answer:
        """The values of an indicator, of each day of the period and of the whole."""
        source = SOURCES[name]
        # Coverage first: what is stored meanwhile may be in the values, and is then claimed by neither.
        known = await coverage.known(self.pool, source.kind, question.establishment, as_of=question.as_of)
        selected = await source.select(self.pool, question)
        missing = await coverage.missing(self.pool, {fact.person_id for fact in selected})
        # A year of a large hospital is seconds of arithmetic; other requests go on meanwhile.
        series = await asyncio.to_thread(source.compute, selected, question, known)
        return Answer(question=question, series=series, known=known, missing=missing)

    async def is_known(self, establishment: str) -> bool:
        """Has this service ever heard of the establishment?"""
        return await coverage.is_known(self.pool, establishment)

    async def outcome_of(self, event_id: UUID) -> Outcome:
        """What became of an event here, and whose it is where that is known."""
        state = await applied_state(self.pool, event_id)
        find = establishment_of_parked if state in PUT_ASIDE else coverage.establishment_of
        return Outcome(state, await find(self.pool, event_id))
