"""The same set of events gives the same pathway, in whatever order it comes."""

from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.pathway.domain.fold import fold
from services.pathway.domain.further.expectations import state_of
from services.pathway.domain.judgement import state_at
from services.pathway.domain.pathway import Pathway
from services.pathway.domain.rules import RULES
from shared.events.envelope import RecordedEvent
from shared.testing.histories import batches, person_histories, redeliveries
from shared.testing.person_history import minutes, movement_of
from tests.unit.pathway.listener import Listener, Publisher

_MOMENTS = st.integers(-600, 4000).map(minutes)


@given(data=st.data(), history=person_histories())
def test_any_permutation_and_repetition_gives_the_same_pathway(
    data: st.DataObject, history: list[RecordedEvent]
) -> None:
    now = data.draw(_MOMENTS)
    assert fold(data.draw(redeliveries(history)), RULES, now=now) == fold(history, RULES, now=now)


@given(history=person_histories())
def test_every_movement_stated_is_on_the_timeline_once(history: list[RecordedEvent]) -> None:
    pathway = fold(history, RULES)
    stated = {movement_of(event).movement_id for event in history}
    assert sorted(movement.movement_id for movement in pathway.movements) == sorted(stated)
    assert {movement.stay_id for movement in pathway.movements} == {stay.stay_id for stay in pathway.stays}


@given(history=person_histories())
def test_only_an_active_arrival_after_the_departure_meets_it(history: list[RecordedEvent]) -> None:
    pathway = fold(history, RULES)
    active = {movement.movement_id for movement in pathway.movements if not movement.cancelled}
    for expectation in pathway.expectations:
        if expectation.arrived_at is not None:
            assert expectation.arrival_movement_id in active
            (by,) = [
                each for each in pathway.movements if each.movement_id == expectation.arrival_movement_id
            ]
            skewed = expectation.arrived_at >= expectation.departed_at - RULES.early_arrival
            assert skewed or _was_there(pathway, by.stay_id, expectation.departed_at)


def _was_there(pathway: Pathway, stay_id: UUID, at: datetime) -> bool:
    (stay,) = [stay for stay in pathway.stays if stay.stay_id == stay_id]
    return stay.started_at <= at and (stay.ended_at is None or stay.ended_at > at)


@given(history=person_histories())
def test_time_alone_only_turns_open_into_overdue(history: list[RecordedEvent]) -> None:
    for expectation in fold(history, RULES).expectations:
        before = state_at(expectation, expectation.due_at)
        after = state_at(expectation, expectation.due_at + timedelta(microseconds=1))
        assert before == after or (before, after) == ("open", "overdue")


@given(data=st.data(), history=person_histories())
def test_the_published_events_amount_to_the_truth(data: st.DataObject, history: list[RecordedEvent]) -> None:
    delivered = data.draw(batches(data.draw(redeliveries(history))))
    moments = sorted(data.draw(_MOMENTS) for _ in delivered)
    publisher, listener = Publisher(), Listener()
    published = []
    for batch, now in zip(delivered, moments, strict=True):
        published += publisher.take_in(batch, now=now)
        assert publisher.take_in(batch, now=now) == []
    published += publisher.take_in([], now=moments[-1])
    for event in published:
        listener.hear(event.data)
    assert len({event.event_id for event in published}) == len(published)
    for expectation in fold(history, RULES, now=moments[-1]).expectations:
        assert listener.believed_state(expectation.expectation_id) == state_at(expectation, moments[-1])
    for further in fold(history, RULES, now=moments[-1]).further_expectations:
        is_late = moments[-1] > further.due_at
        assert listener.last_state(further.expectation_id) == state_of(further, overdue=is_late)
