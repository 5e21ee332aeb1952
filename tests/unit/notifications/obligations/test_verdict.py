"""The verdict of the facts: rights, deaths, newer versions, age, and who joins when."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from shared.events.admission import Place
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, minutes
from tests.unit.notifications.circles import carer, professional, sent, verdicts
from tests.unit.notifications.simulated_engine import SimulatedEngine
from tests.unit.notifications.stated import with_watched_arrivals


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


def test_a_correction_and_the_news_itself_stand_and_the_old_version_does_not(rose: PersonHistory) -> None:
    admission = rose.admit("stay", at=minutes(0))
    rose.update(admission, emitted=minutes(9), occurred_at=minutes(-30))
    assert verdicts(rose.events, [carer()]) == {
        ("carer", "admission.occurred"): ["newer_version", "send"],
        ("carer", "admission.occurred.corrected"): ["send"],
    }


def test_an_update_that_says_the_same_supersedes_nothing(rose: PersonHistory) -> None:
    rose.update(rose.admit("stay", at=minutes(0)), emitted=minutes(9), unit="2102")
    assert verdicts(rose.events, [carer()])["carer", "admission.occurred"] == ["send", "send"]


def test_only_the_retraction_of_what_was_cancelled_stands(rose: PersonHistory) -> None:
    rose.cancel(rose.admit("stay", at=minutes(0)))
    assert sent(rose.events, [carer(), professional(NURSING_HOME)]) == {
        ("carer", "admission.occurred.retracted"),
        (NURSING_HOME, "admission.occurred.retracted"),
    }


def test_what_is_a_day_old_when_it_becomes_known_is_no_news(rose: PersonHistory) -> None:
    rose.admit("stay", at=minutes(0), emitted=minutes(24 * 60 + 1))
    assert verdicts(rose.events, [carer()]) == {("carer", "admission.occurred"): ["stale_at_creation"]}


def test_a_rupture_is_told_however_old_it_is_when_it_is_found(rose: PersonHistory) -> None:
    rose.discharge("stay", at=minutes(0), to=NURSING_HOME)
    found_at = minutes(60 * 24 * 40)
    stated = with_watched_arrivals(rose.events, until=found_at)
    assert {(HOSPITAL, "transfer.overdue"), (NURSING_HOME, "transfer.overdue")} <= sent(stated)
    joined = professional(NURSING_HOME, joined_at=found_at + timedelta(hours=1))
    assert (NURSING_HOME, "transfer.overdue") in sent(stated, [joined])


def test_leaving_for_another_establishment_is_news_to_its_desk(rose: PersonHistory) -> None:
    rose.admit("stay", at=minutes(0))
    rose.transfer("stay", at=minutes(50), to=NURSING_HOME)
    assert (NURSING_HOME, "transfer.departed") in sent(rose.events, [professional(NURSING_HOME)])


def test_carers_hear_of_leaving_whoever_had_a_bed_whatever_the_class_was_at_the_end(
    rose: PersonHistory,
) -> None:
    rose.admit("bed", at=minutes(0), class_of_stay="inpatient")
    rose.transfer("bed", at=minutes(50), class_of_stay="outpatient")
    rose.discharge("bed", at=minutes(90))
    assert verdicts(rose.events, [carer()])["carer", "discharge.occurred"] == ["send"]
    rose.admit("bed", at=minutes(100), class_of_stay="outpatient")
    rose.discharge("bed", at=minutes(190))
    assert verdicts(rose.events, [carer()])["carer", "discharge.occurred"] == ["send", "not_staying"]


def test_to_want_nothing_silences_news_and_no_correction(rose: PersonHistory) -> None:
    rose.update(rose.admit("stay", at=minutes(0)), emitted=minutes(9), occurred_at=minutes(-30))
    assert sent(rose.events, [carer(discretion=1)]) == {
        ("carer", "admission.occurred"),
        ("carer", "admission.occurred.corrected"),
    }
    assert sent(rose.events, [carer(discretion=0)]) == {("carer", "admission.occurred.corrected")}


def test_nothing_is_told_of_the_dead(rose: PersonHistory) -> None:
    rose.admit("stay", at=minutes(0))
    rose.discharge("stay", at=minutes(60), mode="death")
    rose.admit("by mistake", at=minutes(90))
    assert sent(rose.events) == set()
    assert verdicts(rose.events, [carer()]) == {("carer", "admission.occurred"): ["deceased", "deceased"]}


@pytest.mark.parametrize("destination", [Place(mode="death"), None])
def test_what_a_death_silenced_is_told_when_the_death_is_cancelled(
    rose: PersonHistory, destination: Place | None
) -> None:
    """Also when the cancel does not repeat what it cancels."""
    rose.admit("stay", at=minutes(0))
    death = rose.discharge("stay", at=minutes(60), mode="death")
    cancel = rose.cancel(death)
    rose.events[-1] = replace(cancel, data=replace(cancel.data, destination=destination))
    assert verdicts(rose.events, [carer()])["carer", "admission.occurred"] == ["send", "send"]


def test_a_retraction_that_a_death_silenced_is_owed_again_when_the_death_is_cancelled(
    rose: PersonHistory,
) -> None:
    admission = rose.admit("stay", at=minutes(0))
    death = rose.discharge("stay", at=minutes(60), mode="death")
    rose.cancel(admission, emitted=minutes(70))
    rose.cancel(death, emitted=minutes(80))
    retracted = verdicts(rose.events, [carer()])["carer", "admission.occurred.retracted"]
    assert retracted == ["send", "send"]


def test_what_was_to_be_told_again_makes_way_for_a_newer_version(rose: PersonHistory) -> None:
    evening = minutes(14 * 60)
    engine = SimulatedEngine(circle=[carer(night=False)], now=evening)
    admission = rose.admit("stay", at=minutes(10 * 60))
    death = rose.discharge("stay", at=minutes(11 * 60), mode="death")
    rose.cancel(death)
    rose.update(admission, emitted=minutes(13 * 60), occurred_at=minutes(9 * 60))
    for event in rose.events:
        engine.learn([event])
    engine.now += timedelta(hours=10)
    for obligation_id in engine.due():
        engine.take(obligation_id)
    (sent_once,) = engine.sent
    assert sent_once.obligation.fact_occurred_at == minutes(9 * 60)


def test_who_joins_is_told_where_the_person_is_and_not_the_day_before(rose: PersonHistory) -> None:
    rose.admit("first", at=minutes(0))
    rose.discharge("first", at=minutes(60))
    rose.admit("second", at=minutes(90), establishment=HOSPITAL)
    assert verdicts(rose.events, [carer(joined_at=minutes(120))]) == {
        ("carer", "admission.occurred"): ["newer_when_joining", "send"],
        ("carer", "discharge.occurred"): ["newer_when_joining"],
    }


def test_what_is_only_announced_does_not_keep_who_joins_from_the_present(rose: PersonHistory) -> None:
    rose.admit("stay", at=minutes(0))
    rose.discharge("stay", at=minutes(0) + timedelta(hours=36), emitted=minutes(5))
    assert sent(rose.events, [carer(joined_at=minutes(30))]) == {
        ("carer", "admission.occurred"),
        ("carer", "discharge.occurred"),
    }
