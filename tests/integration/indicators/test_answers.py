"""Stored facts answer as the arithmetic on all of them does, and answers say what is missing."""

from datetime import timedelta

import pytest

from services.indicators.domain.definitions import DEFINITIONS
from services.indicators.domain.definitions.definition import Name
from services.indicators.domain.indicators import Question
from services.indicators.handlers.answer_question import IndicatorValues, ValueShape, answer_question
from shared.events.envelope import RecordedEvent
from shared.testing.person_history import PersonHistory
from tests.integration.indicators.delivery import Delivery, Service
from tests.integration.indicators.published import carer_informed, expectation_met, expectation_opened
from tests.unit.indicators.stated_facts import march, march_days, question

pytestmark = pytest.mark.services


def stay(person: str, *, first: int, last: int) -> list[RecordedEvent]:
    history = PersonHistory(person)
    history.admit("stay", at=march(first))
    history.discharge("stay", at=march(last))
    return history.events


async def ask(service: Service, name: Name, asked: Question | None = None) -> IndicatorValues:
    definition = next(known for known in DEFINITIONS if known.name == name)
    return await answer_question(service.dependencies, definition, asked or question())


async def whole(service: Service, name: Name) -> ValueShape:
    return (await ask(service, name)).whole


async def test_each_indicator_answers_from_the_events_of_its_publisher(
    service: Service, delivery: Delivery
) -> None:
    departed, due = march(4), march(4, 14)
    await delivery.deliver(
        [
            *stay("Rose", first=2, last=4),
            *stay("Jean", first=3, last=3),
            expectation_opened("Rose", departed=departed, due=due),
            expectation_opened("Jean", departed=departed, due=due),
            expectation_met("Rose", departed=departed, due=due, arrived=march(4, 13)),
            carer_informed("Rose", fact=march(2), after=timedelta(seconds=40)),
        ]
    )
    occupied = await ask(service, "occupancy", question(march_days(1, 5)))
    assert [day.value for day in occupied.days] == [None, 1, 1, 0, 0]
    assert (await whole(service, "length_of_stay")).value == 1
    assert (await whole(service, "transfers_confirmed_in_time")).value == 0.5
    assert (await whole(service, "delay_to_carer_informed")).value == 40


async def test_an_event_that_comes_again_changes_nothing(service: Service, delivery: Delivery) -> None:
    events = stay("Rose", first=2, last=4)
    await delivery.deliver(events)
    await delivery.deliver([*reversed(events), *events])
    answer = await ask(service, "length_of_stay")
    assert (answer.completeness.events, answer.whole.denominator) == (2, 1)


async def test_a_correction_changes_the_past_but_not_what_was_known_then(
    service: Service, delivery: Delivery
) -> None:
    history = PersonHistory()
    history.admit("stay", at=march(2))
    history.discharge("stay", at=march(4))
    history.update(history.events[1], emitted=march(20), occurred_at=march(12))
    await delivery.deliver(history.events)
    then = await ask(service, "length_of_stay", question(as_of=march(19)))
    now = await ask(service, "length_of_stay", question(as_of=march(21)))
    assert (then.whole.value, now.whole.value) == (2, 10)
    assert (then.completeness.events, now.completeness.events) == (2, 3)


async def test_missing_numbers_and_parked_events_are_counted(service: Service, delivery: Delivery) -> None:
    async def asked() -> IndicatorValues:
        return await ask(service, "occupancy")

    history = PersonHistory()
    for day in range(2, 7):
        history.admit("stay", at=march(day))
    first, second, third, fourth, fifth = history.events
    await delivery.deliver([first, third])
    assert ((await asked()).completeness.holes, (await asked()).completeness.parked) == (1, 0)
    await delivery.deliver([fourth, fifth], wrong=[0])  # the fifth waits behind it
    assert ((await asked()).completeness.holes, (await asked()).completeness.parked) == (1, 2)
    await delivery.deliver([second])
    assert ((await asked()).completeness.holes, (await asked()).completeness.parked) == (0, 2)


async def test_nothing_known_has_no_values(service: Service) -> None:
    answer = await ask(service, "occupancy")
    assert {day.value for day in answer.days} == {None}
    assert (answer.completeness.events, answer.completeness.newest_recorded_at) == (0, None)
