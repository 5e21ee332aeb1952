"""A circle is kept while any stay goes on, with or without a bed."""

from datetime import timedelta

import pytest

from services.notifications.domain.circle.stays_in_force import is_cared_for
from shared.events.admission import ClassOfStay
from shared.testing.person_history import PersonHistory, minutes

LONG_AFTER = minutes(0) + timedelta(days=400)


@pytest.mark.parametrize("class_of_stay", ["inpatient", "home", "recurring", "telemonitoring", "outpatient"])
def test_who_has_a_stay_of_any_class_is_cared_for_until_it_ends(class_of_stay: ClassOfStay) -> None:
    rose = PersonHistory("Rose")
    rose.admit("stay", at=minutes(0), class_of_stay=class_of_stay)
    assert is_cared_for(rose.events, at=LONG_AFTER)
    rose.discharge("stay", at=minutes(60))
    assert not is_cared_for(rose.events, at=LONG_AFTER)


def test_nobody_is_cared_for_of_whom_nothing_stands() -> None:
    rose = PersonHistory("Rose")
    rose.cancel(rose.admit("stay", at=minutes(0), class_of_stay="home"))
    assert not is_cared_for(rose.events, at=LONG_AFTER)
    assert not is_cared_for([], at=LONG_AFTER)
