"""What establishments state otherwise of one person is found between any two of them."""

from services.admission.domain.identities.disagreement import disagreement_of
from services.admission.domain.movement import Traits

JEANNE = Traits(birth_name="Martin", given_names=("Jeanne",), birth_date="1941-05-17", sex="female")
JEAN = Traits(birth_name="Martin", given_names=("Jean",), birth_date="1941-05-17", sex="male")
UNKNOWN = Traits(birth_name="MARTIN")


def test_two_who_state_the_same_or_know_less_do_not_disagree() -> None:
    assert disagreement_of({"a": JEANNE, "b": UNKNOWN}) is None
    assert disagreement_of({"a": JEANNE}) is None
    assert disagreement_of({}) is None


def test_those_who_disagree_are_named_with_the_traits_and_nobody_else_is() -> None:
    found = disagreement_of({"c": JEAN, "a": JEANNE, "b": UNKNOWN})
    assert found is not None
    assert (found.establishments, found.disagreeing) == (("a", "c"), ("first_given_name", "sex"))
    assert found.unknown == ("birth_place",)
    assert found.is_between(("a", "c", "d"))
    assert not found.is_between(("a", "b"))
