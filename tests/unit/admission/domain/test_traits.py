"""Two identities are compared trait by trait, as the RNIV writes them."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.admission.domain.doubts import Finding, judge_others
from services.admission.domain.identifiers import Person
from services.admission.domain.movement import Traits
from services.admission.domain.traits import Comparison, Trait, compare_traits, written

JEANNE = Traits(
    birth_name="MARTIN-DUBOIS",
    given_names=("Jeanne", "Marie"),
    birth_date="1941-05-17",
    sex="female",
    birth_place_code="75056",
)
ANNE, BEN = Person(UUID(int=1), b""), Person(UUID(int=2), b"")


def other(**changed: Any) -> Traits:
    return msgspec.structs.replace(JEANNE, **changed)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lœ\u0308b", "LOEB"),
        ("d'Aubigné", "D AUBIGNE"),
        ("D\u2019AUBIGNE", "D AUBIGNE"),
        ("  Le  Goff-Čapek ", "LE GOFF CAPEK"),
        ("Wei\u00df", "WEISS"),
        ("Łukasz", "LUKASZ"),
        ("\uff2dARTIN", "MARTIN"),
    ],
)
def test_a_name_is_written_in_capitals_without_diacritics(name: str, expected: str) -> None:
    assert written(name) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"birth_name": "Martin Dubois"},
        {"given_names": ("JEANNE",)},
        {"given_names": ("Jeanne", "Louise")},
        {"used_name": "DURAND"},
        {"birth_place_code": None},
    ],
)
def test_the_same_strict_traits_agree(changed: dict[str, Any]) -> None:
    assert compare_traits(JEANNE, other(**changed)).is_strict


@pytest.mark.parametrize(
    ("changed", "trait"),
    [
        ({"birth_name": "MARTIN"}, "birth_name"),
        ({"given_names": ("Marie", "Jeanne")}, "first_given_name"),
        ({"sex": "male"}, "sex"),
        ({"birth_date": "1941-05-18"}, "birth_date"),
        ({"birth_date": "1941-06-00"}, "birth_date"),
        ({"birth_place_code": "13055"}, "birth_place"),
    ],
)
def test_one_trait_that_differs_disagrees(changed: dict[str, Any], trait: Trait) -> None:
    compared = compare_traits(JEANNE, other(**changed))
    assert compared.disagreeing == (trait,)
    assert not compared.is_strict


@pytest.mark.parametrize(
    ("changed", "trait"),
    [
        ({"sex": "unknown"}, "sex"),
        ({"birth_date": "1941-05-00"}, "birth_date"),
        ({"birth_date": "1941-00-00"}, "birth_date"),
        ({"birth_date": "1941"}, "birth_date"),
        ({"birth_name": "\u5f20"}, "birth_name"),
    ],
)
def test_what_one_side_does_not_know_neither_agrees_nor_disagrees(
    changed: dict[str, Any], trait: Trait
) -> None:
    compared = compare_traits(other(**changed), JEANNE)
    assert compared.unknown == (trait,)
    assert compared.disagreeing == ()
    assert not compared.is_strict


def test_a_birth_date_that_both_know_in_part_agrees() -> None:
    assert compare_traits(other(birth_date="1941-00-00"), other(birth_date="1941")).is_strict
    assert not compare_traits(other(birth_date="1941-05"), other(birth_date="1941")).is_strict


def test_nothing_is_known_of_who_has_no_traits() -> None:
    assert compare_traits(None, JEANNE) == Comparison(
        (), (), ("birth_name", "first_given_name", "sex", "birth_date", "birth_place")
    )


def finding(
    stated: Traits | None,
    known: dict[UUID, Traits],
    *also: Traits,
    person: Person | None = None,
    is_test: bool = False,
    establishment: str = "CLINIC",
) -> Finding:
    by_establishment = {
        person_id: {str(place): one for place, one in enumerate((traits, *also))}
        for person_id, traits in known.items()
    }
    [doubt] = judge_others(
        stated,
        establishment=establishment,
        person=person,
        elsewhere=[BEN],
        alike=[],
        known=by_establishment,
        is_test=is_test,
    )
    return doubt.finding


def test_a_qualified_ins_joins_only_where_all_required_traits_agree() -> None:
    assert finding(JEANNE, {BEN.person_id: JEANNE}) == "join"
    assert finding(JEANNE, {BEN.person_id: other(birth_date="1950-01-01")}) == "conflict"
    assert finding(JEANNE, {}) == finding(None, {BEN.person_id: JEANNE}) == "conflict"


def test_a_number_of_tests_joins_unless_a_trait_disagrees() -> None:
    assert finding(None, {}, is_test=True) == "join"
    assert finding(JEANNE, {BEN.person_id: other(sex="male")}, is_test=True) == "conflict"


def test_a_statement_that_contradicts_its_own_person_joins_nobody() -> None:
    """It may be one patient's number with another patient's traits and INS."""
    known = {ANNE.person_id: other(birth_name="PETIT"), BEN.person_id: JEANNE}
    assert finding(JEANNE, known, person=ANNE) == "conflict"
    assert finding(JEANNE, {BEN.person_id: JEANNE}, person=ANNE) == "join"


def test_what_any_establishment_stated_of_a_person_counts() -> None:
    known = {BEN.person_id: JEANNE}
    assert finding(JEANNE, known, other(sex="unknown"), other(birth_date="1941")) == "join"
    assert finding(JEANNE, known, other(birth_name="PETIT")) == "conflict"
    assert finding(other(birth_name="PETIT"), known, other(birth_name="PETIT")) == "conflict"
    assert finding(JEANNE, known, other(sex="male"), person=BEN) == "conflict"


def test_a_new_number_joins_nobody_whom_its_establishment_knows_by_another() -> None:
    """Somebody else may have given her the INS of a homonym."""
    assert finding(JEANNE, {BEN.person_id: JEANNE}, establishment="0") == "conflict"
    assert finding(JEANNE, {BEN.person_id: JEANNE}, establishment="0", person=ANNE) == "join"


def test_an_ins_that_is_not_qualified_is_a_suspicion_whatever_the_traits() -> None:
    [doubt] = judge_others(
        JEANNE,
        establishment="A",
        person=ANNE,
        elsewhere=[],
        alike=[BEN],
        known={BEN.person_id: {"A": JEANNE}},
        is_test=True,
    )
    assert (doubt.finding, doubt.other) == ("suspected_duplicate", BEN)


def test_an_unknown_birth_place_neither_agrees_nor_disagrees() -> None:
    unknown, paris = Traits(birth_place_code="99999"), Traits(birth_place_code="75056")
    for one, other in ((unknown, paris), (paris, unknown), (unknown, unknown)):
        assert "birth_place" in compare_traits(one, other).unknown
