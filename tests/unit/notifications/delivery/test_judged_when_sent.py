"""A message that was planned is judged again by what is true at the moment at which it is sent."""

from services.notifications.domain.delivery.decision import Decision, Defer, Tell
from services.notifications.domain.obligations.obligation import End
from shared.events.envelope import RecordedEvent
from shared.testing.person_history import PersonHistory, minutes
from tests.unit.notifications.circles import carer
from tests.unit.notifications.simulated_engine import SimulatedEngine

EVENING, MORNING = 840, 1360
"""23:00 on the carer's wall, in quiet hours, and after them."""
FORETOLD = 1000
SILENCED = End(outcome="suppressed", reason="deceased")


def _engine(rose: PersonHistory, *, night: bool = False) -> SimulatedEngine:
    engine = SimulatedEngine([carer(night=night)], minutes(EVENING + 2))
    engine.learn(rose.events)
    return engine


def _admitted_in_the_evening() -> PersonHistory:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(EVENING))
    return rose


def _foretell(rose: PersonHistory) -> RecordedEvent:
    return rose.further("death", "stay", at=minutes(FORETOLD), emitted=minutes(EVENING + 10))


def _taken(engine: SimulatedEngine, *, at: float) -> Decision:
    engine.now = minutes(at)
    due = engine.due()
    assert len(due) == 1
    return engine.take(due[0])


def test_what_waited_for_the_morning_is_not_sent_when_a_foretold_death_came_in_the_night() -> None:
    rose = _admitted_in_the_evening()
    foretold = _foretell(rose)
    assert _taken(_engine(rose), at=MORNING) == SILENCED
    engine = _engine(_admitted_in_the_evening())
    engine.learn([foretold])
    assert _taken(engine, at=MORNING) == SILENCED


def test_what_is_tried_again_is_not_sent_after_a_death_that_came_meanwhile() -> None:
    rose = _admitted_in_the_evening()
    engine = _engine(rose, night=True)
    assert isinstance(_taken(engine, at=EVENING + 3), Tell)
    engine.answer(engine.sent[0].attempt, engine.sent[0].obligation, "rejected_temporarily")
    engine.learn([_foretell(rose)])
    assert isinstance(_taken(engine, at=FORETOLD - 1), Tell)
    attempt = engine.attempts()[0][0].attempts[-1]
    engine.answer(attempt, engine.attempts()[0][0], "rejected_temporarily")
    assert _taken(engine, at=FORETOLD + 1) == SILENCED


def test_a_foretold_death_that_is_taken_back_in_time_silences_nothing() -> None:
    rose = _admitted_in_the_evening()
    foretold = _foretell(rose)
    engine = _engine(rose)
    engine.learn([rose.cancel(foretold, emitted=minutes(EVENING + 20))])
    engine.now = minutes(MORNING)
    for each in engine.due():
        engine.take(each)
    assert len(engine.sent) == 1


def test_what_was_cancelled_in_the_night_is_not_sent_in_the_morning() -> None:
    rose = PersonHistory()
    admitted = rose.admit("stay", at=minutes(EVENING))
    engine = _engine(rose)
    engine.learn([rose.cancel(admitted)])
    assert not engine.due()
    assert {each.status for each in engine.obligations.values()} <= {"superseded", "scheduled"}
    engine.now = minutes(MORNING)
    assert [engine.take(each) for each in engine.due()] == [
        End(outcome="suppressed", reason="nothing_to_correct")
    ]


def test_who_left_the_circle_in_the_night_is_told_nothing_in_the_morning() -> None:
    engine = _engine(_admitted_in_the_evening())
    assert isinstance(engine.take(next(iter(engine.obligations))), Defer)
    engine.revoke(engine.circle[0])
    engine.now = minutes(MORNING)
    assert not engine.due()
    assert {each.status for each in engine.obligations.values()} == {"suppressed"}
