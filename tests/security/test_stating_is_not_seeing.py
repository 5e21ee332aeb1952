"""One movement, whatever it says, opens nothing of what others stated of the person."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.pathway.domain.fold import fold
from services.pathway.domain.rules import RULES
from services.pathway.domain.showing import known_to
from shared.events.admission import MovementReassigned, Place
from shared.events.envelope import RecordedEvent
from shared.testing.histories import person_histories
from shared.testing.person_history import (
    HOSPITAL,
    NURSING_HOME,
    REHABILITATION,
    PersonHistory,
    id_of,
    minutes,
    movement_of,
)
from tests.security.sight import NOTHING, places, seen

NOW: Final = minutes(3000)
LONG_AGO: Final = datetime(1990, 1, 1, tzinfo=UTC)
SPY: Final = "690000013"
A_DAY: Final = timedelta(days=1)


def cared_for() -> PersonHistory:
    """In hospital, then in rehabilitation, where she is."""
    rose = PersonHistory()
    rose.admit("hospital", at=minutes(0), establishment=HOSPITAL)
    rose.discharge("hospital", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    came_from = Place(mode="transfer", establishment=HOSPITAL)
    rose.admit("rehabilitation", at=minutes(660), establishment=REHABILITATION, origin=came_from)
    return rose


def test_one_movement_of_1990_shows_itself_and_nothing_else() -> None:
    rose = cared_for()
    rose.admit("1990", at=LONG_AGO, establishment=SPY, emitted=NOW)
    shown = seen(rose.events, SPY, now=NOW)
    assert places(shown) == {SPY}
    assert [stay.establishment for stay in shown.stays] == [SPY]
    assert shown.expectations == []


def test_a_lone_cancel_shows_nothing() -> None:
    rose = cared_for()
    cancelled = rose.admit("never", at=LONG_AGO, establishment=SPY, emitted=NOW)
    rose.cancel(cancelled)
    rose.events.remove(cancelled)
    assert seen(rose.events, SPY, now=NOW) == NOTHING
    assert SPY not in known_to(fold(rose.events, RULES, now=NOW))


def test_what_was_cancelled_shows_nothing_any_more() -> None:
    rose = cared_for()
    admitted = rose.admit("theirs", at=minutes(700), establishment=SPY)
    assert places(seen(rose.events, SPY, now=NOW)) == {SPY}
    rose.cancel(admitted)
    assert seen(rose.events, SPY, now=NOW) == NOTHING


def test_what_was_another_persons_shows_nothing_any_more() -> None:
    rose = cared_for()
    mistaken = movement_of(rose.admit("theirs", at=minutes(700), establishment=SPY))
    away = MovementReassigned(
        movement_id=mistaken.movement_id,
        stay_id=mistaken.stay_id,
        establishment=SPY,
        reason="moved",
        to_person=id_of("person", "Marie"),
    )
    rose.append(away, occurred_at=NOW, recorded_at=NOW)
    assert seen(rose.events, SPY, now=NOW) == NOTHING


def test_a_departure_that_is_made_up_shows_nothing_of_where_the_person_is() -> None:
    rose = cared_for()
    rose.admit("made up", at=minutes(640), establishment=SPY)
    rose.transfer("made up", at=minutes(650), establishment=SPY, to=REHABILITATION)
    shown = seen(rose.events, SPY, now=NOW)
    assert places(shown) == {SPY}
    [(wait, _)] = shown.expectations
    assert (wait.arrival_movement_id, wait.ended_by_movement_id) == (None, None)


@pytest.mark.parametrize("to", [REHABILITATION, NURSING_HOME])
def test_a_departure_of_long_ago_asks_in_vain_what_became_of_the_person(to: str) -> None:
    rose, nobody = cared_for(), PersonHistory()
    for person in (rose, nobody):
        person.admit("1990", at=LONG_AGO, establishment=SPY, emitted=NOW)
        person.transfer("1990", at=LONG_AGO + A_DAY, establishment=SPY, to=to, emitted=NOW)
    shown, of_nobody = seen(rose.events, SPY, now=NOW), seen(nobody.events, SPY, now=NOW)
    assert [stay.status for stay in shown.stays] == [stay.status for stay in of_nobody.stays]
    assert shown.expectations == []


def test_a_stay_that_overlaps_with_anothers_does_not_say_so() -> None:
    rose = cared_for()
    rose.admit("made up", at=minutes(700), establishment=SPY)
    shown = seen(rose.events, SPY, now=NOW)
    assert [stay.marks for stay in shown.stays] == [()]
    assert [movement.marks for movement in shown.movements] == [()]
    marked = {mark for each in fold(rose.events, RULES, now=NOW).movements for mark in each.marks}
    assert marked == {"overlapping_stay"}


def test_a_made_up_movement_does_not_ask_whether_somebody_has_died() -> None:
    rose = cared_for()
    rose.further("death", "home", at=minutes(600), establishment=HOSPITAL)
    rose.admit("made up", at=minutes(700), establishment=SPY)
    (made_up,) = (each for each in seen(rose.events, SPY, now=NOW).movements if each.establishment == SPY)
    assert made_up.marks == ()
    last = max(fold(rose.events, RULES, now=NOW).movements, key=lambda each: each.occurred_at)
    assert "after_death_elsewhere" in last.marks


def test_naming_an_origin_shows_nothing_of_it() -> None:
    rose = cared_for()
    origin = Place(mode="transfer", establishment=HOSPITAL)
    rose.admit("made up", at=minutes(700), establishment=SPY, origin=origin)
    assert places(seen(rose.events, SPY, now=NOW)) == {SPY}


@given(history=person_histories(), own=st.sampled_from((HOSPITAL, REHABILITATION, NURSING_HOME)))
@settings(max_examples=60)
def test_what_others_state_changes_nothing_of_what_is_shown_without_a_transfer(
    history: list[RecordedEvent], own: str
) -> None:
    """Compared with the same person of whom nobody else stated anything."""
    alone = [event for event in history if movement_of(event).establishment == own]
    shown, expected = seen(history, own, now=NOW), seen(alone, own, now=NOW)
    theirs = [movement for movement in shown.movements if movement.establishment == own]
    assert theirs == list(expected.movements)
    stays = [stay for stay in shown.stays if stay.establishment == own]
    waiting = {"finished", "on_the_way"}
    assert [replace(stay, status="cancelled") if stay.status in waiting else stay for stay in stays] == [
        replace(stay, status="cancelled") if stay.status in waiting else stay for stay in expected.stays
    ]
