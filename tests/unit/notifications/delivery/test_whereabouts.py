"""Where a person is, for what a carer reads: nobody is in an emergency department that another stay ended."""

from services.notifications.domain.delivery.whereabouts import person_now
from shared.testing.person_history import PersonHistory, minutes


def test_who_left_the_ward_that_followed_the_emergency_is_in_no_establishment() -> None:
    rose = PersonHistory()
    rose.admit("emergency", at=minutes(0), class_of_stay="emergency")
    ward = rose.admit("ward", at=minutes(90))
    discharge = rose.discharge("ward", at=minutes(600))
    assert person_now(rose.events, now=minutes(300)).present
    assert not person_now(rose.events, now=minutes(700)).present
    rose.cancel(discharge)
    assert person_now(rose.events, now=minutes(700)).present
    rose.cancel(ward)
    assert person_now(rose.events, now=minutes(700)).present
