"""A desk gets one message for one fact, the one that says most (decision 0053)."""

from datetime import timedelta

import pytest

from services.notifications.domain.obligations.derivation import derive_obligations
from services.notifications.domain.obligations.verdict import Send
from shared.events.envelope import RecordedEvent
from shared.testing.person_history import HOSPITAL, NURSING_HOME, REHABILITATION, PersonHistory, minutes
from tests.unit.notifications.circles import EVERYBODY, professional, verdicts
from tests.unit.notifications.simulated_engine import SimulatedEngine
from tests.unit.notifications.stated import with_watched_arrivals

ARRIVED, ELSEWHERE, RETURNED = "transfer.arrived", "transfer.elsewhere", "transfer.returned"


@pytest.fixture
def rose() -> PersonHistory:
    """In the hospital for a while, and on her way to the nursing home."""
    rose = PersonHistory("Rose")
    rose.admit("stay", at=minutes(-5000))
    rose.transfer("stay", at=minutes(0), to=NURSING_HOME)
    return rose


def told_after(rose: PersonHistory, event: RecordedEvent) -> set[tuple[str, str]]:
    """(establishment, kind) of every message to a desk that follows from the event."""
    stated = with_watched_arrivals(rose.events, until=event.recorded_at)
    return {
        (each.recipient.establishment, each.kind)
        for each in derive_obligations(stated, EVERYBODY)
        if isinstance(each.verdict, Send) and each.event.recorded_at >= event.recorded_at
        if each.recipient.establishment is not None
    }


def test_an_arrival_is_told_as_such_to_whom_the_person_left(rose: PersonHistory) -> None:
    arrival = rose.admit("home", at=minutes(60), establishment=NURSING_HOME)
    third = (REHABILITATION, "admission.occurred")
    assert told_after(rose, arrival) == {(HOSPITAL, ARRIVED), third}


def test_an_entry_at_a_third_place_is_told_to_both_ends_as_the_end_of_the_wait(rose: PersonHistory) -> None:
    elsewhere = rose.admit("other", at=minutes(60), establishment=REHABILITATION)
    assert told_after(rose, elsewhere) == {(HOSPITAL, ELSEWHERE), (NURSING_HOME, ELSEWHERE)}


def test_who_is_back_is_told_as_back(rose: PersonHistory) -> None:
    back = rose.admit("again", at=minutes(60))
    third = (REHABILITATION, "admission.occurred")
    assert told_after(rose, back) == {(HOSPITAL, RETURNED), (NURSING_HOME, RETURNED), third}


def test_an_entry_that_ends_no_wait_is_told_as_an_entry() -> None:
    rose = PersonHistory("Rose")
    entry = rose.admit("stay", at=minutes(0))
    assert told_after(rose, entry) == {
        (NURSING_HOME, "admission.occurred"),
        (REHABILITATION, "admission.occurred"),
    }


def test_nobody_is_announced_who_has_arrived(rose: PersonHistory) -> None:
    rose.admit("home", at=minutes(60), establishment=NURSING_HOME)
    stated = with_watched_arrivals(rose.events, until=minutes(70))
    assert verdicts(stated)[NURSING_HOME, "transfer.departed"] == ["no_longer_expected"]


def test_a_transfer_and_the_discharge_that_follows_it_are_announced_once(rose: PersonHistory) -> None:
    rose.discharge("stay", at=minutes(20), to=NURSING_HOME)
    assert verdicts(rose.events)[NURSING_HOME, "transfer.departed"] == ["send", "one_leaving"]


def test_who_leaves_again_after_coming_back_is_announced_again(rose: PersonHistory) -> None:
    rose.transfer("stay", at=minutes(30), unit="2101")
    rose.discharge("stay", at=minutes(90), to=NURSING_HOME)
    assert verdicts(rose.events)[NURSING_HOME, "transfer.departed"] == ["send", "send"]


def test_a_transfer_that_was_none_is_no_error_while_the_discharge_stands(rose: PersonHistory) -> None:
    transfer = rose.events[-1]
    discharge = rose.discharge("stay", at=minutes(20), to=NURSING_HOME)
    rose.cancel(transfer, emitted=minutes(30))
    assert verdicts(rose.events)[NURSING_HOME, "transfer.departed.retracted"] == ["one_leaving"]
    rose.cancel(discharge, emitted=minutes(40))
    assert "send" in verdicts(rose.events)[NURSING_HOME, "transfer.departed.retracted"]


def test_a_late_end_of_a_wait_takes_nothing_from_the_entry(rose: PersonHistory) -> None:
    late = minutes(60) + timedelta(hours=30)
    rose.admit("home", at=minutes(60), establishment=NURSING_HOME, emitted=late)
    stated = with_watched_arrivals(rose.events, until=late)
    assert "told_as_end_of_wait" not in verdicts(stated)[HOSPITAL, "admission.occurred"]


def test_a_desk_hears_of_an_entry_once_pathway_had_the_time_to_say_more(rose: PersonHistory) -> None:
    arrival = rose.admit("home", at=minutes(60), establishment=NURSING_HOME)
    engine = SimulatedEngine(circle=[professional(HOSPITAL)], now=arrival.recorded_at)
    engine.learn(rose.events)
    _run(engine, seconds=9)
    assert engine.sent == []
    engine.learn(with_watched_arrivals(rose.events, until=engine.now)[len(rose.events) :])
    _run(engine, seconds=60)
    assert [sent.obligation.kind for sent in engine.sent] == [ARRIVED]


def test_who_came_is_told_as_an_entry_once_the_wait_it_ended_was_an_error(rose: PersonHistory) -> None:
    transfer = rose.events[-1]
    rose.admit("home", at=minutes(60), establishment=NURSING_HOME)
    error = rose.cancel(transfer, emitted=minutes(120))
    assert (HOSPITAL, "admission.occurred") in told_after(rose, error)
    assert (HOSPITAL, "transfer.arrived.retracted") in told_after(rose, error)


def test_who_is_waited_for_again_is_announced_again(rose: PersonHistory) -> None:
    mistaken = rose.admit("home", at=minutes(60), establishment=NURSING_HOME)
    error = rose.cancel(mistaken, emitted=minutes(70))
    assert (NURSING_HOME, "transfer.departed") in told_after(rose, error)
    assert (HOSPITAL, "admission.occurred") not in told_after(rose, error)


def _run(engine: SimulatedEngine, *, seconds: int) -> None:
    for _ in range(seconds):
        for obligation_id in engine.due():
            engine.take(obligation_id)
        engine.now += timedelta(seconds=1)
