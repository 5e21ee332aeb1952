"""The mapping from movements and watched arrivals to the catalogue."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.notifications.domain.obligations.derivation import derive_obligations
from shared.events.admission import Mode, Place
from shared.events.envelope import Payload, RecordedEvent
from shared.events.pathway import (
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    RuptureClosed,
    RuptureOpened,
)
from shared.events.registry import PATHWAY
from shared.testing.person_history import (
    HOSPITAL,
    NURSING_HOME,
    REHABILITATION,
    PersonHistory,
    id_of,
    minutes,
)
from tests.unit.notifications.circles import EVERYBODY, LONG_AGO, carer, professional

WHO = {
    id_of("carer", "Jeanne"): "carer",
    id_of("desk", HOSPITAL): "hospital",
    id_of("desk", REHABILITATION): "rehabilitation",
    id_of("desk", NURSING_HOME): "nursing home",
}


def told(events: list[RecordedEvent], about: RecordedEvent) -> dict[str, set[str]]:
    """Kind -> who has an obligation because of one of the events."""
    found: dict[str, set[str]] = {}
    for each in derive_obligations(events, EVERYBODY):
        if each.event.event_id == about.event_id:
            found.setdefault(each.kind, set()).add(WHO[each.recipient.member_id])
    return found


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


def test_an_admission_is_told_to_carers_and_to_all_desks_but_the_one_that_states_it(
    rose: PersonHistory,
) -> None:
    event = rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    expected = {"admission.occurred": {"carer", "rehabilitation", "nursing home"}}
    assert told([event], event) == expected


@pytest.mark.parametrize(
    "origin",
    [Place(mode="transfer"), Place(mode="mutation"), Place(mode="other", establishment=HOSPITAL)],
)
def test_an_admission_from_another_establishment_is_an_arrival_for_carers(
    rose: PersonHistory, origin: Place
) -> None:
    event = rose.admit("stay", at=minutes(0), establishment=NURSING_HOME, origin=origin)
    assert told([event], event) == {"transfer.arrived": {"carer"}}


@pytest.mark.parametrize("mode", ["transfer", "mutation", "home"])
def test_an_admission_from_a_unit_of_the_same_establishment_is_no_arrival(
    rose: PersonHistory, mode: Mode
) -> None:
    event = rose.admit("stay", at=minutes(0), origin=Place(mode=mode, establishment=HOSPITAL))
    assert set(told([event], event)) == {"admission.occurred"}


def test_who_goes_home_into_the_care_of_an_establishment_is_discharged(rose: PersonHistory) -> None:
    event = rose.discharge("stay", at=minutes(0), mode="home", to=NURSING_HOME)
    assert told([event], event) == {"discharge.occurred": {"carer", "rehabilitation", "nursing home"}}


def test_a_departure_is_told_to_the_receiving_desk_only(rose: PersonHistory) -> None:
    transfer = rose.transfer("stay", at=minutes(0), to=NURSING_HOME)
    discharge = rose.discharge("stay", at=minutes(1), to=REHABILITATION)
    assert told(rose.events, transfer) == {"transfer.departed": {"nursing home"}}
    assert told(rose.events, discharge) == {"transfer.departed": {"rehabilitation"}}


def test_a_move_within_the_establishment_is_told_to_nobody(rose: PersonHistory) -> None:
    event = rose.transfer("stay", at=minutes(0), unit="2101")
    back = rose.transfer("stay", at=minutes(5), to=HOSPITAL)
    assert told(rose.events, event) == told(rose.events, back) == {}


def test_a_discharge_is_told_to_carers_and_desks_and_a_death_to_nobody(rose: PersonHistory) -> None:
    home = rose.discharge("stay", at=minutes(0))
    death = rose.discharge("other", at=minutes(9), mode="death")
    assert told([home], home) == {"discharge.occurred": {"carer", "rehabilitation", "nursing home"}}
    assert told([death], death) == {}


def test_an_update_gives_the_news_to_some_and_a_correction_or_a_retraction_to_others(
    rose: PersonHistory,
) -> None:
    home = rose.discharge("stay", at=minutes(0))
    away = rose.update(
        home, emitted=minutes(9), destination=Place(mode="transfer", establishment=NURSING_HOME)
    )
    assert told(rose.events, away) == {
        "transfer.departed": {"nursing home"},
        "transfer.departed.corrected": {"nursing home"},
        "discharge.occurred.retracted": {"carer", "rehabilitation"},
    }


def test_a_cancel_retracts_everything_that_was_said_also_when_it_comes_alone(rose: PersonHistory) -> None:
    admission = rose.admit("stay", at=minutes(0))
    cancel = rose.cancel(admission)
    expected = {"admission.occurred.retracted": {"carer", "rehabilitation", "nursing home"}}
    assert told([cancel], cancel) == expected
    assert told([cancel, admission], cancel) == expected


def test_the_desks_of_both_establishments_hear_of_an_overdue_arrival_and_how_it_ended() -> None:
    opened = _watched(1, ExpectationOpened)
    overdue = _watched(2, RuptureOpened, rupture_id=id_of("expectation"))
    closed = _watched(
        3, RuptureClosed, rupture_id=id_of("expectation"), closed_at=minutes(300), reason="arrived"
    )
    met = _watched(4, ExpectationMet, arrival_movement_id=id_of("m"), arrived_at=minutes(290), late=True)
    events = [opened, overdue, closed, met]
    assert told(events, opened) == {}
    assert told(events, overdue) == {"transfer.overdue": {"hospital", "nursing home"}}
    assert told(events, closed) == {"transfer.overdue.corrected": {"hospital", "nursing home"}}
    assert told(events, met) == {
        "transfer.arrived": {"hospital"},
        "transfer.arrived.corrected": {"hospital"},
    }


def test_an_arrival_that_is_taken_back_or_no_longer_expected_is_retracted() -> None:
    met = _watched(1, ExpectationMet, arrival_movement_id=id_of("m"), arrived_at=minutes(90), late=False)
    opened_again = _watched(2, ExpectationOpened)
    overdue = _watched(3, RuptureOpened, rupture_id=id_of("expectation"))
    withdrawn = _watched(4, ExpectationWithdrawn)
    events = [met, opened_again, overdue, withdrawn]
    assert told(events, met) == {"transfer.arrived": {"hospital"}}
    assert told(events, opened_again) == {"transfer.arrived.retracted": {"hospital"}}
    assert told(events, withdrawn) == {
        "transfer.arrived.retracted": {"hospital"},
        "transfer.overdue.retracted": {"hospital", "nursing home"},
    }


@pytest.mark.parametrize("ended_as", ["elsewhere", "returned", "closed"])
def test_both_ends_hear_how_a_wait_ended_and_that_the_alert_is_over(ended_as: str) -> None:
    opened = _watched(1, ExpectationOpened)
    overdue = _watched(2, RuptureOpened, rupture_id=id_of("expectation"))
    closed = _watched(
        3,
        RuptureClosed,
        rupture_id=id_of("expectation"),
        closed_at=minutes(300),
        reason="withdrawn",
        ended_as=ended_as,
    )
    ended = _watched(4, ExpectationWithdrawn, ended_as=ended_as, ended_at=minutes(290))
    again = _watched(5, ExpectationOpened)
    events = [opened, overdue, closed, ended, again]
    both = {"hospital", "nursing home"}
    assert told(events, closed) == {"transfer.overdue.corrected": both}
    assert told(events, ended) == {f"transfer.{ended_as}": both, f"transfer.{ended_as}.corrected": both}
    assert told([opened, ended], ended) == {f"transfer.{ended_as}": both}
    assert told(events, again) == {f"transfer.{ended_as}.retracted": both}


def test_an_end_of_next_year_is_an_end_without_a_name() -> None:
    overdue = _watched(1, RuptureOpened, rupture_id=id_of("expectation"))
    ended = _watched(2, ExpectationWithdrawn, ended_as="of next year", ended_at=minutes(290))
    assert told([overdue, ended], ended) == {"transfer.overdue.retracted": {"hospital", "nursing home"}}


def test_who_joins_is_owed_the_day_before_and_who_left_nothing_more(rose: PersonHistory) -> None:
    old = rose.admit("old", at=minutes(-2000))
    recent = rose.discharge("old", at=minutes(-60))
    later = rose.admit("new", at=minutes(60))
    joined = carer(joined_at=minutes(30))
    left = professional(NURSING_HOME, joined_at=LONG_AGO)
    left = type(left)(
        member_id=left.member_id,
        role=left.role,
        establishment=left.establishment,
        joined_at=left.joined_at,
        revoked_at=minutes(30),
    )
    owed = derive_obligations(rose.events, [joined, left])
    by_event = {(each.event.event_id, each.recipient.role) for each in owed}
    assert (old.event_id, "carer") not in by_event
    assert (recent.event_id, "carer") in by_event
    assert (later.event_id, "carer") in by_event
    assert (recent.event_id, "professional") in by_event
    assert (later.event_id, "professional") not in by_event


def _watched(sequence: int, payload: type[Payload], **fields: object) -> RecordedEvent:
    arrival: dict[str, object] = {
        "expectation_id": id_of("expectation"),
        "departure_movement_id": UUID(int=1),
        "from_establishment": HOSPITAL,
        "to_establishment": NURSING_HOME,
        "departed_at": minutes(0),
        "due_at": minutes(180),
    }
    at = minutes(180 + sequence)
    return RecordedEvent(
        event_id=id_of("watched", sequence),
        publisher=PATHWAY,
        subject=id_of("person", "Rose"),
        sequence=sequence,
        occurred_at=at,
        recorded_at=at + timedelta(seconds=1),
        data=payload(**arrival, **fields),
    )
