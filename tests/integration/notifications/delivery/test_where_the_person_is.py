"""A message says what is true of the person when it is read, and only when that helps its reader."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from shared.events.admission import ClassOfStay, Place
from shared.events.envelope import RecordedEvent
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, minutes, movement_of
from tests.integration.notifications.engine import ALIAS, Engine, carer

pytestmark = pytest.mark.services

FROM_HOSPITAL = Place(mode="transfer", establishment=HOSPITAL)


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


async def enrolled(engine: Engine, rose: PersonHistory) -> None:
    """Rose is in the nursing home; her carer knows it."""
    await engine.state(rose.admit("home", at=minutes(0), establishment=NURSING_HOME))
    await engine.enrol(rose.person_id, carer("sms"))
    await engine.turn()


def texts(engine: Engine) -> list[str]:
    return [message.text.split(" Détails")[0].split(" https")[0] for message in engine.sms.messages]


async def test_nothing_of_leaving_is_told_once_the_arrival_elsewhere_was(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id, carer("sms"))
    arrival = rose.admit("home", at=minutes(100), establishment=NURSING_HOME, origin=FROM_HOSPITAL)
    engine.now = minutes(105)
    await engine.state(arrival)
    await engine.turn()
    assert "a bien rejoint" in texts(engine)[-1]
    engine.now = minutes(125)
    await engine.state(rose.discharge("stay", at=minutes(120)))
    await engine.turn()
    assert "a bien rejoint" in texts(engine)[-1]
    assert (await engine.ends())["discharge.occurred"] == ("suppressed", "known_elsewhere")


@pytest.mark.parametrize("hours_later", [1, 30])
async def test_who_was_told_of_an_arrival_that_was_none_hears_that_the_person_left(
    engine: Engine, rose: PersonHistory, hours_later: int
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id, carer("sms"))
    arrival = rose.admit("home", at=minutes(100), establishment=NURSING_HOME, origin=FROM_HOSPITAL)
    engine.now = minutes(125)
    await engine.state(arrival, rose.discharge("stay", at=minutes(120)))
    await engine.turn()
    assert "a bien rejoint" in texts(engine)[-1]
    later = timedelta(hours=hours_later)
    engine.now += later
    await engine.state(rose.cancel(arrival, emitted=minutes(120) + later))
    await engine.turn()
    error, left = texts(engine)[2:]
    assert "ERREUR" in error
    assert f"{ALIAS} a quitté l'établissement le 02/03 à 11h00." in left


@pytest.mark.parametrize("class_of_stay", ["outpatient", "recurring", "telemonitoring"])
async def test_who_comes_for_the_day_neither_enters_nor_leaves(
    engine: Engine, rose: PersonHistory, class_of_stay: ClassOfStay
) -> None:
    await enrolled(engine, rose)
    engine.now = minutes(245)
    await engine.state(
        rose.admit("day", at=minutes(60), class_of_stay=class_of_stay), rose.discharge("day", at=minutes(240))
    )
    await engine.turn()
    assert len(engine.sms.messages) == 1
    assert (await engine.ends())["discharge.occurred"] == ("suppressed", "not_staying")


async def test_who_goes_home_with_support_is_at_home_and_not_in_an_establishment(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(
        rose.admit("stay", at=minutes(0)),
        rose.admit(
            "care", at=minutes(70), class_of_stay="home", origin=FROM_HOSPITAL, establishment=NURSING_HOME
        ),
    )
    await engine.enrol(rose.person_id, carer("sms"))
    engine.now = minutes(75)
    await engine.turn()
    assert f"{ALIAS} est à domicile, avec un suivi, depuis le 02/03 à 10h10." in texts(engine)[-1]


async def test_who_ends_another_stay_and_is_still_in_the_nursing_home_has_not_left(
    engine: Engine, rose: PersonHistory
) -> None:
    await enrolled(engine, rose)
    await engine.state(rose.admit("stay", at=minutes(100)))
    engine.now = minutes(305)
    await engine.turn()
    await engine.state(rose.discharge("stay", at=minutes(300)))
    await engine.turn()
    assert f"{ALIAS} a terminé un séjour le 02/03 à 14h00 et est en établissement." in texts(engine)[-1]


async def test_after_a_cancelled_discharge_the_person_is_still_there(
    engine: Engine, rose: PersonHistory
) -> None:
    await enrolled(engine, rose)
    engine.now = minutes(125)
    discharge = rose.discharge("home", at=minutes(120), establishment=NURSING_HOME)
    await engine.state(discharge)
    await engine.turn()
    assert "a quitté" in texts(engine)[-1]
    engine.now = minutes(130)
    await engine.state(rose.cancel(discharge))
    await engine.turn()
    assert f"{ALIAS} est toujours en établissement." in texts(engine)[-1]


async def test_after_a_cancelled_admission_the_person_is_in_no_establishment(
    engine: Engine, rose: PersonHistory
) -> None:
    admission = rose.admit("stay", at=minutes(0))
    await engine.state(admission)
    await engine.enrol(rose.person_id, carer("sms"))
    await engine.turn()
    await engine.state(rose.cancel(admission))
    await engine.turn()
    assert f"{ALIAS} n'est pas en établissement." in texts(engine)[-1]


async def test_a_discharge_recorded_thirty_hours_late_is_told_dated_and_worded_as_late(
    engine: Engine, rose: PersonHistory
) -> None:
    await enrolled(engine, rose)
    engine.now = minutes(120) + timedelta(hours=30, minutes=1)
    left_at = minutes(120)
    await engine.state(
        rose.discharge("home", at=left_at, establishment=NURSING_HOME, emitted=left_at + timedelta(hours=30))
    )
    await engine.turn()
    assert texts(engine)[-1] == (
        f"Parcours : information tardive. {ALIAS} a quitté l'établissement le 02/03 à 11h00."
    )


async def test_old_news_that_makes_nothing_untrue_is_not_told(engine: Engine, rose: PersonHistory) -> None:
    await engine.state(rose.transfer("stay", at=minutes(-60)))
    await engine.enrol(rose.person_id, carer("sms"))
    engine.now = minutes(0) + timedelta(hours=31)
    late = minutes(0) + timedelta(hours=30)
    await engine.state(
        rose.admit("stay", at=minutes(0), emitted=late), rose.discharge("stay", at=minutes(5), emitted=late)
    )
    await engine.turn()
    assert engine.sms.messages == []
    assert set((await engine.ends()).values()) == {("suppressed", "stale_at_creation")}


@pytest.mark.parametrize("corrected_at", [150, 90])
async def test_a_second_discharge_with_another_time_says_that_it_changes_the_first(
    engine: Engine, rose: PersonHistory, corrected_at: int
) -> None:
    await enrolled(engine, rose)
    engine.now = minutes(125)
    await engine.state(rose.discharge("home", at=minutes(120), establishment=NURSING_HOME))
    await engine.turn()
    engine.now = minutes(165)
    again = rose.discharge(
        "home", at=minutes(corrected_at), establishment=NURSING_HOME, movement="again", emitted=minutes(160)
    )
    await engine.state(again)
    await engine.turn()
    assert texts(engine)[-1].startswith(f"Parcours : CHANGEMENT. {ALIAS} a quitté l'établissement le 02/03 à")
    assert f"{minutes(corrected_at + 60):%Hh%M}" in texts(engine)[-1]


async def test_a_second_discharge_of_another_stay_changes_nothing_that_was_told(
    engine: Engine, rose: PersonHistory
) -> None:
    await enrolled(engine, rose)
    for stay, left in (("home", 120), ("again", 300)):
        engine.now = minutes(left + 5)
        if stay == "again":
            await engine.state(rose.admit(stay, at=minutes(200), establishment=NURSING_HOME))
        await engine.state(rose.discharge(stay, at=minutes(left), establishment=NURSING_HOME))
        await engine.turn()
    assert not any("CHANGEMENT" in text for text in texts(engine))


async def test_who_came_for_the_day_and_is_kept_is_in_an_establishment_from_then_on(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0), class_of_stay="outpatient"))
    await engine.enrol(rose.person_id, carer("sms"))
    engine.now = minutes(205)
    for at in (120, 180):
        moved = rose.transfer("stay", at=minutes(at), unit=f"unit {at}")
        await engine.state(replace(moved, data=replace(moved.data, class_of_stay="inpatient")))
    await engine.turn()
    assert texts(engine) == [f"Parcours : {ALIAS} est en établissement depuis le 02/03 à 11h00."]


@pytest.mark.parametrize("has_left", [False, True])
async def test_an_entry_that_was_another_persons_for_days_is_told_to_the_right_circle_while_it_holds(
    engine: Engine, rose: PersonHistory, *, has_left: bool
) -> None:
    iris = PersonHistory("Iris")
    await engine.state(rose.transfer("another", at=minutes(-60)))
    await engine.enrol(rose.person_id, carer("sms"))
    await engine.state(iris.admit("stay", at=minutes(70)))
    engine.now = minutes(120)
    if has_left:
        await engine.state(iris.discharge("stay", at=minutes(110)))
    engine.now += timedelta(days=3)
    await engine.state(*_given_to(rose, iris, at=engine.now))
    await engine.turn()
    told = f"Parcours : information tardive. {ALIAS} est en établissement depuis le 02/03 à 10h10."
    assert texts(engine) == ([] if has_left else [told])


def _given_to(rose: PersonHistory, iris: PersonHistory, *, at: datetime) -> list[RecordedEvent]:
    """Everything that was stated of Iris, stated of Rose."""
    for movement_id in {movement_of(event).movement_id: None for event in iris.events}:
        iris.hand_over(movement_id, rose)
    return [replace(event, recorded_at=at) for event in rose.events[1:]]
