"""A person who is expected in a legal entity arrives in any of its sites."""

from datetime import datetime

from msgspec.structs import replace

from services.pathway.domain.fold import fold
from services.pathway.domain.rules import RULES
from shared.testing.person_history import HOSPITAL, NURSING_HOME, REHABILITATION, PersonHistory, minutes

LEGAL_ENTITY = "330000900"


def arrived_at(*, expected: str, site: str, legal_entity: str | None) -> datetime | None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=expected)
    arrival = rose.admit("second", at=minutes(650), establishment=site)
    rose.events[-1] = replace(arrival, data=replace(arrival.data, legal_entity=legal_entity))
    (expectation,) = fold(rose.events, RULES).expectations
    return expectation.arrived_at


def test_a_destination_by_its_legal_number_is_met_in_any_of_its_sites() -> None:
    for site in (REHABILITATION, NURSING_HOME):
        assert arrived_at(expected=LEGAL_ENTITY, site=site, legal_entity=LEGAL_ENTITY) == minutes(650)


def test_a_site_of_another_legal_entity_is_another_place() -> None:
    assert arrived_at(expected=LEGAL_ENTITY, site=REHABILITATION, legal_entity="330000918") is None
    assert arrived_at(expected=LEGAL_ENTITY, site=REHABILITATION, legal_entity=None) is None


def test_two_sites_of_one_legal_entity_are_two_places() -> None:
    assert arrived_at(expected=REHABILITATION, site=NURSING_HOME, legal_entity=LEGAL_ENTITY) is None
    assert arrived_at(expected=REHABILITATION, site=REHABILITATION, legal_entity=LEGAL_ENTITY) == minutes(650)
