"""In which time zone an establishment is, by its address."""

import pytest

from services.admission.domain.directory.territories import commune_code, time_zone_of


@pytest.mark.parametrize(
    ("postal_code", "department", "zone"),
    [
        ("75013", "75", "Europe/Paris"),
        ("20000", "2A", "Europe/Paris"),
        ("98000", "99", "Europe/Paris"),
        ("97110", "9A", "America/Guadeloupe"),
        ("97150", "9A", "America/Guadeloupe"),
        ("97200", "9B", "America/Martinique"),
        ("97306", "9C", "America/Cayenne"),
        ("97405", "9D", "Indian/Reunion"),
        ("97500", "9E", "America/Miquelon"),
        ("97620", "9F", "Indian/Mayotte"),
        ("98600", "9J", "Pacific/Wallis"),
        ("98800", "", "Pacific/Noumea"),
        ("98713", "", "Pacific/Tahiti"),
        ("", "9D", "Indian/Reunion"),
        ("", "974", "Indian/Reunion"),
        ("", "", "Europe/Paris"),
    ],
)
def test_a_territory_has_its_time(postal_code: str, department: str, zone: str) -> None:
    assert time_zone_of(postal_code=postal_code, department=department) == zone


def test_a_commune_is_listed_under_its_official_code() -> None:
    assert commune_code(department="1", commune="53") == "01053"
    assert commune_code(department="2A", commune="004") == "2A004"
    assert commune_code(department="9A", commune="101") == "97101"
    assert commune_code(department="9J", commune="613") == "98613"
    assert commune_code(department="", commune="053") is None
    assert commune_code(department="01", commune="?") is None
