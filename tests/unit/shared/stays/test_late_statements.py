"""What stands of a movement depends on when its statements were emitted, not on when they came."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.events.admission import OptionalField, Place
from shared.events.pathway import ExpectationOpened
from shared.events.registry import PATHWAY
from shared.stays.movements import history_of, history_with, movement_histories, substance_of
from shared.stays.statements import statement_of
from shared.testing.person_history import (
    ESTABLISHMENTS,
    HOSPITAL,
    REHABILITATION,
    PersonHistory,
    id_of,
    minutes,
    movement_of,
)

_NAMES: st.SearchStrategy[tuple[OptionalField, ...] | None] = st.sampled_from(
    [None, None, ("unit",), ("origin",), ("destination",), ("unit", "destination")]
)
_PLACES = st.sampled_from([None, *(Place(mode="transfer", establishment=each) for each in ESTABLISHMENTS)])
_UNITS = st.sampled_from([None, "2101", "2102"])


@given(data=st.data(), count=st.integers(2, 5))
def test_a_statement_that_comes_late_counts_as_if_it_had_come_in_order(
    data: st.DataObject, count: int
) -> None:
    in_order = PersonHistory()
    first = in_order.admit("stay", at=minutes(0))
    for number in range(count):
        content = {"unit": data.draw(_UNITS), "origin": data.draw(_PLACES), "destination": data.draw(_PLACES)}
        in_order.update(first, emitted=minutes(10 + number), names=data.draw(_NAMES), **content)
    late = PersonHistory()
    for event in data.draw(st.permutations(in_order.events)):
        late.record(movement_of(event))
    (expected,) = movement_histories(in_order.events)
    (found,) = movement_histories(late.events)
    assert substance_of(found.current) == substance_of(expected.current)
    step_by_step = history_of([statement_of(late.events[0], movement_of(late.events[0]))])
    for event in late.events[1:]:
        step_by_step = history_with(step_by_step, statement_of(event, movement_of(event)))
    assert step_by_step == found


def test_what_others_publish_of_a_person_takes_no_movement_away() -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(0))
    opened = replace(
        admission,
        event_id=id_of("expectation"),
        publisher=PATHWAY,
        data=ExpectationOpened(
            expectation_id=id_of("expectation"),
            departure_movement_id=movement_of(admission).movement_id,
            from_establishment=HOSPITAL,
            to_establishment=REHABILITATION,
            departed_at=minutes(60),
            due_at=minutes(180),
        ),
    )
    assert opened.sequence == admission.sequence
    assert movement_histories([admission, opened]) == movement_histories([admission])
