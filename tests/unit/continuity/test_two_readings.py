"""The checker's fold and pathway's own, written independently, agree on generated histories.

The checker does not import pathway; only this test knows both.
"""

import json
from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.pathway.domain.fold import fold
from services.pathway.domain.judgement import state_at
from services.pathway.domain.rules import RULES
from shared.events.envelope import RecordedEvent
from shared.events.registry import TYPES
from shared.testing.histories import person_histories
from shared.testing.person_history import minutes
from tests.continuity.checker.pathway.arrivals import ArrivalRules, arrivals_of
from tests.continuity.checker.pathway.fold import movements_of
from tests.continuity.checker.pathway.pathways import states_at
from tests.continuity.checker.pathway.stays import stays_of
from tests.continuity.checker.reading.databases import Event

NOW = minutes(10_000_000)
"""A time after every deadline of a generated history."""


def _as_stored(number: int, event: RecordedEvent) -> Event:
    return Event(
        id=number,
        event_id=str(event.event_id),
        subject=str(event.subject),
        sequence=event.sequence,
        type=TYPES[type(event.data)],
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        data=json.loads(msgspec.json.encode(event.data)),
    )


@given(history=person_histories(), data=st.data())
def test_both_see_the_same_movements_stays_and_arrivals(
    history: list[RecordedEvent], data: st.DataObject
) -> None:
    moments = [
        event.occurred_at - timedelta(seconds=data.draw(st.sampled_from((0, 301)))) for event in history
    ]
    now = data.draw(st.sampled_from([NOW, *moments]))
    pathway = fold(history, RULES, now=now)
    movements = movements_of((_as_stored(number, event) for number, event in enumerate(history)), now=now)
    arrivals = arrivals_of(movements, ArrivalRules())

    assert [(each.movement_id, each.occurred_at, each.cancelled, each.planned) for each in movements] == [
        (str(each.movement_id), each.occurred_at, each.cancelled, each.planned) for each in pathway.movements
    ]
    assert {
        stay_id: (stay.establishment, stay.status, stay.started_at, stay.ended_at)
        for stay_id, stay in stays_of(movements, arrivals).items()
    } == {
        str(stay.stay_id): (stay.establishment, stay.status, stay.started_at, stay.ended_at)
        for stay in pathway.stays
    }
    assert {
        (wait.departure, wait.to, wait.departed_at, wait.due_at, wait.met_by, *states_at(wait, NOW))
        for wait in arrivals
    } == {
        (
            str(each.departure_movement_id),
            each.to_establishment,
            each.departed_at,
            each.due_at,
            None if each.arrival_movement_id is None else str(each.arrival_movement_id),
            state_at(each, NOW),
        )
        for each in pathway.expectations
        if not each.withdrawn
    }
