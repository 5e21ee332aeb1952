"""What the selection leaves out changes no value, and it keeps a month fast."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.indicators.domain.calendar import Period
from services.indicators.domain.facts import FactOfMovement, MovementFact, ReassignmentFact
from services.indicators.domain.indicators import (
    Question,
    length_of_stay_series,
    occupancy_series,
)
from services.indicators.storage import selection
from services.indicators.storage.facts import store
from shared.database.transaction import transaction
from shared.events.envelope import RecordedEvent
from shared.testing.histories import people
from shared.testing.moving_histories import moving_histories
from shared.testing.person_history import ESTABLISHMENTS, START, PersonHistory, id_of
from tests.integration.indicators.delivery import Service
from tests.unit.indicators.stated_facts import KNOWN, march, march_days, movement_facts, question

pytestmark = pytest.mark.services


async def replace_movements(service: Service, facts: list[FactOfMovement]) -> None:
    async with transaction(service.spine.pool) as connection:
        await connection.execute("TRUNCATE movement_facts, reassignment_facts")
        await store(connection, [fact for fact in facts if isinstance(fact, MovementFact)])
        await store(connection, [fact for fact in facts if isinstance(fact, ReassignmentFact)])


@st.composite
def questions(draw: st.DrawFn) -> Question:
    first_day = START.date() + timedelta(days=draw(st.integers(-1, 3)))
    last_day = first_day + timedelta(days=draw(st.integers(0, 2)))
    return Question(
        establishment=draw(st.sampled_from(ESTABLISHMENTS)),
        period=Period(first_day=first_day, last_day=last_day),
        as_of=START + timedelta(hours=draw(st.integers(0, 100))),
    )


def moved_people() -> st.SearchStrategy[list[RecordedEvent]]:
    """Two persons, and movements that turned out to be the other's."""
    return moving_histories().map(
        lambda moving: [one for history in moving.published for one in history.events]
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=people() | moved_people(), asked=st.lists(questions(), min_size=4, max_size=4))
async def test_values_from_the_selection_are_the_values_from_all_facts(
    service: Service, history: list[RecordedEvent], asked: list[Question]
) -> None:
    everything = movement_facts(history)
    await replace_movements(service, everything)
    for each in asked:
        selected = await selection.movements_for(service.spine.pool, each)
        for series in (occupancy_series, length_of_stay_series):
            assert series(selected, each, KNOWN) == series(everything, each, KNOWN)


async def test_an_emergency_stay_that_another_one_ended_long_ago_is_not_present(service: Service) -> None:
    rose = PersonHistory()
    rose.admit("emergency", at=march(2), class_of_stay="emergency")
    rose.admit("ward", at=march(3))
    rose.discharge("ward", at=march(5))
    await replace_movements(service, movement_facts(rose.events))
    asked = question(march_days(15, 16))
    selected = await selection.movements_for(service.spine.pool, asked)
    assert occupancy_series(selected, asked, KNOWN).whole.figures.numerator == 0


async def test_a_month_does_not_load_the_history_of_the_establishment(service: Service) -> None:
    history = [
        event
        for day in range(2, 29)
        for event in stay(f"person {day}", first=day, last=day + 1, corrected=day % 2 == 0)
    ]
    await replace_movements(service, movement_facts(history))
    selected = await selection.movements_for(service.spine.pool, question(march_days(15, 16)))
    assert {fact.person_id for fact in selected} == {id_of("person", f"person {day}") for day in (14, 15, 16)}


def stay(person: str, *, first: int, last: int, corrected: bool) -> list[RecordedEvent]:
    history = PersonHistory(person)
    history.admit("stay", at=march(first))
    history.discharge("stay", at=march(last))
    if corrected:
        history.update(history.events[1], emitted=march(last, 14), occurred_at=march(last, 13))
    return history.events
