"""A cancel holds until its movement is stated again; of one emission, the order of receipt decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.stays.doubts import doubts_of
from shared.stays.movements import movement_histories
from shared.testing.histories import redeliveries
from shared.testing.person_history import PersonHistory, minutes

_DATA = st.data()


def _is_cancelled(history: PersonHistory) -> bool:
    (movement,) = movement_histories(history.events)
    return movement.cancelled


@pytest.mark.parametrize("again_at", [10, 11])
@given(data=_DATA)
def test_what_is_cancelled_and_stated_again_in_the_same_minute_stands(
    again_at: int, data: st.DataObject
) -> None:
    rose = PersonHistory()
    discharge = rose.discharge("stay", at=minutes(5), emitted=minutes(10))
    rose.cancel(discharge, emitted=minutes(10))
    again = rose.repeat(discharge, emitted=minutes(again_at))
    rose.events = data.draw(redeliveries(rose.events))
    assert not _is_cancelled(rose)
    (movement,) = movement_histories(rose.events)
    assert again.event_id not in doubts_of(movement)


def test_what_is_cancelled_last_in_the_same_minute_did_not_take_place() -> None:
    rose = PersonHistory()
    discharge = rose.discharge("stay", at=minutes(5), emitted=minutes(9))
    for _ in range(2):
        rose.cancel(discharge, emitted=minutes(10))
        rose.repeat(discharge, emitted=minutes(10))
    assert not _is_cancelled(rose)
    rose.cancel(discharge, emitted=minutes(10))
    assert _is_cancelled(rose)


def test_a_cancel_that_overtook_what_it_cancels_holds() -> None:
    rose = PersonHistory()
    discharge = rose.discharge("stay", at=minutes(5), emitted=minutes(10))
    rose.events.clear()
    rose.cancel(discharge, emitted=minutes(10))
    overtaken = rose.repeat(discharge, emitted=minutes(10))
    assert _is_cancelled(rose)
    (movement,) = movement_histories(rose.events)
    assert doubts_of(movement)[overtaken.event_id] == {"cancelled_already"}
