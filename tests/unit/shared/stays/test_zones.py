"""By which clock people live where a fact happened."""

import pytest
from msgspec.structs import replace

from shared.stays.statements import statement_of
from shared.stays.zones import zone_of
from shared.testing.person_history import PersonHistory, minutes, movement_of


@pytest.mark.parametrize(
    ("named", "zone"),
    [
        ("Indian/Reunion", "Indian/Reunion"),
        ("Pacific/Noumea", "Pacific/Noumea"),
        (None, "Europe/Paris"),
        ("Mars/Olympus", "Europe/Paris"),
        ("../etc/passwd", "Europe/Paris"),
        ("", "Europe/Paris"),
    ],
)
def test_the_zone_that_came_with_the_statement_counts_if_it_is_one(named: str | None, zone: str) -> None:
    event = PersonHistory().admit("stay", at=minutes(0))
    statement = statement_of(event, replace(movement_of(event), time_zone=named))
    assert zone_of(statement).key == zone
