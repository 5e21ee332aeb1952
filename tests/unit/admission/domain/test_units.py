"""A unit travels under its registered code, or under one that tells nothing but that it is the same."""

from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest

from services.admission.api.movements import parse_movement
from services.admission.domain.identifiers import by_spelling
from services.admission.domain.movement import StatedMovement
from services.admission.domain.submission import with_codes
from tests.unit.admission.bodies import encoded, movement

REGISTERED = by_spelling(["3401", "CARDIO A", "USI", "usi"])


def opaque_id(spelling: str) -> UUID:
    return uuid5(NAMESPACE_OID, spelling)


def coded(**stated: Any) -> tuple[StatedMovement, bool]:
    return with_codes(parse_movement(encoded(movement(**stated))).movement, REGISTERED, opaque_id=opaque_id)


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("3401", "3401"),
        (" 3 401 ", "3401"),
        ("\uff13\uff14\uff10\uff11", "3401"),
        ("cardio\u00a0a", "CARDIO A"),
        ("USI", "USI"),
        ("usi", "usi"),
        (None, None),
    ],
)
def test_a_registered_unit_travels_under_its_code_however_it_is_spelled(
    stated: str | None, code: str | None
) -> None:
    found, has_unknown = coded(unit=stated)
    assert (found.unit, has_unknown) == (code, False)


@pytest.mark.parametrize("stated", ["Chambre de Mme Dupont", "340", "unregistered:3401"])
def test_any_other_unit_travels_under_a_code_of_its_own(stated: str) -> None:
    first, again, another = (coded(unit=unit) for unit in (stated, f" {stated.upper()} ", f"{stated} 2"))
    assert first[0].unit is not None
    assert first[0].unit.startswith("unregistered:")
    assert stated not in first[0].unit
    assert first[0].unit == again[0].unit != another[0].unit
    assert first[1] is again[1] is another[1] is True


@pytest.mark.parametrize("name", ["medical_unit", "nursing_unit"])
def test_units_of_responsibility_travel_so_too(name: str) -> None:
    doctor = {"attending_doctor": "10001234565"}
    (known, _), (unknown, has_unknown) = (
        coded(responsibility=doctor | {name: unit}) for unit in ("3401", "UF Z")
    )
    assert getattr(known.responsibility, name) == "3401"
    assert getattr(unknown.responsibility, name) == coded(unit="UF Z")[0].unit
    assert has_unknown
    assert unknown.responsibility is not None
    assert unknown.responsibility.attending_doctor == doctor["attending_doctor"]
