"""What a relation shows of others' stays, since when, and until when."""

from datetime import timedelta
from typing import Final

from shared.events.admission import Place
from shared.stays.relations import Relation
from shared.testing.person_history import HOSPITAL, NURSING_HOME, REHABILITATION, PersonHistory, minutes
from tests.security.sight import NOTHING, places, seen

ARRIVED: Final = minutes(660)
MONTH: Final = timedelta(days=30)
MINUTE: Final = timedelta(minutes=1)


def journey(*, named: bool = True, arrives: bool = True) -> PersonHistory:
    """From a nursing home to hospital, then to rehabilitation; who arrives may say where from."""
    rose = PersonHistory()
    home = Place(mode="transfer", establishment=NURSING_HOME)
    rose.admit("hospital", at=minutes(0), establishment=HOSPITAL, origin=home)
    rose.discharge("hospital", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    if arrives:
        origin = Place(mode="transfer", establishment=HOSPITAL if named else None)
        rose.admit("rehabilitation", at=ARRIVED, establishment=REHABILITATION, origin=origin)
    return rose


def test_the_destination_sees_the_stay_that_was_left_from_the_departure_on() -> None:
    rose = journey(arrives=False)
    assert seen(rose.events, REHABILITATION, now=minutes(590)) == NOTHING
    shown = seen(rose.events, REHABILITATION, now=minutes(610))
    assert places(shown) == {HOSPITAL}
    assert [wait.to_establishment for wait, _ in shown.expectations] == [REHABILITATION]


def test_the_destination_sees_it_until_30_days_after_the_arrival() -> None:
    rose = journey()
    assert places(seen(rose.events, REHABILITATION, now=ARRIVED + MONTH - MINUTE)) == {
        HOSPITAL,
        REHABILITATION,
    }
    later = seen(rose.events, REHABILITATION, now=ARRIVED + MONTH)
    assert (places(later), later.expectations) == ({REHABILITATION}, [])


def test_who_was_left_sees_the_stay_of_the_arrival_that_names_them() -> None:
    rose = journey()
    assert places(seen(rose.events, HOSPITAL, now=ARRIVED + MINUTE)) == {HOSPITAL, REHABILITATION}
    later = seen(rose.events, HOSPITAL, now=ARRIVED + MONTH)
    assert places(later) == {HOSPITAL}
    assert [(wait.arrived_at, wait.arrival_movement_id) for wait, _ in later.expectations] == [
        (ARRIVED, None)
    ]


def test_who_was_left_hears_of_an_arrival_that_names_nobody_and_sees_nothing_more() -> None:
    shown = seen(journey(named=False).events, HOSPITAL, now=ARRIVED + MINUTE)
    assert places(shown) == {HOSPITAL}
    assert [wait.arrived_at for wait, _ in shown.expectations] == [ARRIVED]


def test_a_third_establishment_is_not_named_to_the_ends_of_a_transfer() -> None:
    shown = seen(journey().events, REHABILITATION, now=ARRIVED + MINUTE)
    origins = [each.origin for each in shown.movements if each.kind == "admission"]
    assert origins == [Place(mode="transfer"), Place(mode="transfer", establishment=HOSPITAL)]


def test_a_departure_that_was_cancelled_shows_nothing() -> None:
    rose = journey(arrives=False)
    rose.cancel(rose.events[1])
    assert seen(rose.events, REHABILITATION, now=minutes(610)) == NOTHING


def test_an_arrival_that_was_cancelled_shows_nothing() -> None:
    rose = journey()
    rose.cancel(rose.events[2])
    assert places(seen(rose.events, HOSPITAL, now=ARRIVED + MINUTE)) == {HOSPITAL}


def test_a_destination_where_nobody_came_sees_nothing_once_the_person_is_elsewhere() -> None:
    rose = journey(arrives=False)
    rose.admit("elsewhere", at=minutes(700), establishment=NURSING_HOME)
    assert seen(rose.events, REHABILITATION, now=minutes(710)) == NOTHING
    [(wait, _)] = seen(rose.events, HOSPITAL, now=minutes(710)).expectations
    assert (wait.ended_as, wait.ended_by_movement_id) == ("elsewhere", None)


def test_what_ends_a_wait_long_after_it_was_due_is_not_told() -> None:
    rose = journey(arrives=False)
    elsewhere = minutes(600) + timedelta(days=90)
    rose.admit("elsewhere", at=elsewhere, establishment=NURSING_HOME)
    shown = seen(rose.events, HOSPITAL, now=elsewhere + MINUTE)
    [(wait, watched)] = shown.expectations
    assert (wait.ended_as, wait.ended_at, watched.overdue) == (None, None, True)


def test_a_team_sees_everything_and_a_network_what_its_members_state() -> None:
    rose, now = journey(), ARRIVED + MINUTE
    ours = frozenset({NURSING_HOME})
    team = Relation(establishments=ours, basis="team", begins_at=minutes(0), ends_at=now + MINUTE)
    network = Relation(establishments=ours, basis="network", begins_at=minutes(0), of=frozenset({HOSPITAL}))
    assert places(seen(rose.events, NURSING_HOME, now=now, granted=[team])) == {HOSPITAL, REHABILITATION}
    assert places(seen(rose.events, NURSING_HOME, now=now, granted=[network])) == {HOSPITAL}
    assert seen(rose.events, NURSING_HOME, now=now + MINUTE, granted=[team]) == NOTHING


def test_who_came_to_an_emergency_that_the_next_stay_ended_is_not_shown_on_the_way() -> None:
    rose = PersonHistory()
    rose.discharge("home", at=minutes(0), establishment=NURSING_HOME, to=HOSPITAL)
    origin = Place(mode="transfer", establishment=NURSING_HOME)
    rose.admit("emergency", at=minutes(30), class_of_stay="emergency", origin=origin)
    rose.admit("ward", at=minutes(90))
    shown = seen(rose.events, NURSING_HOME, now=minutes(100))
    assert [(stay.establishment, stay.status) for stay in shown.stays] == [
        (NURSING_HOME, "finished"),
        (HOSPITAL, "finished"),
    ]
