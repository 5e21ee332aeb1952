"""Who was said to have left and is back in the bed is told of, to whoever heard that they left."""

from services.notifications.domain.audit.owed import owed_obligations
from services.notifications.domain.obligations.derivation import derive_obligations
from shared.events.envelope import RecordedEvent
from shared.testing.person_history import HOSPITAL, NURSING_HOME, REHABILITATION, PersonHistory, minutes
from tests.unit.notifications.audit.audited import audited
from tests.unit.notifications.circles import EVERYBODY, verdicts

EVERYONE_ELSE = ("carer", REHABILITATION, NURSING_HOME)


def _of_return(rose: PersonHistory, back: RecordedEvent) -> dict[str, str]:
    """Who is told of the return, or why not; both derivations agree on what is owed."""
    derived = derive_obligations(rose.events, EVERYBODY)
    owed = owed_obligations(rose.events, audited(EVERYBODY))
    assert {each.key for each in derived} == {(key.event_id, key.recipient_id, key.kind) for key in owed}
    return {
        each.recipient.establishment or "carer": getattr(each.verdict, "reason", "send")
        for each in derived
        if each.event == back and each.kind == "admission.occurred"
    }


def _discharged() -> tuple[PersonHistory, RecordedEvent]:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    return rose, rose.discharge("stay", at=minutes(600))


def test_who_returns_after_a_discharge_is_told_as_an_entry() -> None:
    rose, discharge = _discharged()
    back = rose.further("return", "stay", at=minutes(660))
    assert _of_return(rose, back) == dict.fromkeys(EVERYONE_ELSE, "send")
    rose.cancel(discharge, emitted=minutes(700))
    assert _of_return(rose, back) == dict.fromkeys(EVERYONE_ELSE, "duplicate_fact")
    assert verdicts(rose.events)["carer", "discharge.occurred.retracted"] == ["send"]


def test_who_returns_from_a_leave_and_is_discharged_later_was_never_away() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    rose.further("leave", "stay", at=minutes(60))
    back = rose.further("return", "stay", at=minutes(300))
    assert _of_return(rose, back) == {}
    rose.discharge("stay", at=minutes(600))
    assert _of_return(rose, back) == dict.fromkeys(EVERYONE_ELSE, "duplicate_fact")


def test_a_return_that_was_an_error_is_taken_back() -> None:
    rose, _ = _discharged()
    back = rose.further("return", "stay", at=minutes(660))
    rose.cancel(back)
    assert _of_return(rose, back) == dict.fromkeys(EVERYONE_ELSE, "newer_version")
    assert verdicts(rose.events)["carer", "admission.occurred.retracted"] == ["send"]


def test_half_an_update_of_a_return_or_a_move_to_a_bed_is_no_news_yet() -> None:
    rose, _ = _discharged()
    back = rose.update(rose.further("return", "stay", at=minutes(660)), emitted=minutes(700), names=())
    rose.admit("other", at=minutes(0), class_of_stay="outpatient")
    move = rose.transfer("other", at=minutes(60), class_of_stay="inpatient")
    bed = rose.update(move, emitted=minutes(70), names=("class_of_stay",), class_of_stay="inpatient")
    rose.events = [each for each in rose.events if each not in (rose.events[2], move)]
    assert [_of_return(rose, each) for each in (back, bed)] == [{}, {}]
