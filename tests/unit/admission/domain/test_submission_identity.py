"""Identifiers mean the person whom the first known one belongs to."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.admission.domain.submission import Identification, Person, identify

ANNE = Person(UUID(int=1), b"key of Anne")
BEN = Person(UUID(int=2), b"key of Ben")
KNOWN = {b"a1": ANNE, b"a2": ANNE, b"b1": BEN}


def test_unknown_identifiers_mean_a_new_person() -> None:
    assert identify([b"x", b"y"], KNOWN) == Identification(None, (b"x", b"y"), conflict=False)


def test_a_new_identifier_of_a_known_person_is_to_be_linked() -> None:
    assert identify([b"x", b"a1"], KNOWN) == Identification(ANNE, (b"x",), conflict=False)


def test_the_first_known_identifier_decides_between_two_persons() -> None:
    assert identify([b"x", b"b1", b"a1"], KNOWN) == Identification(BEN, (b"x",), conflict=True)


def test_two_identifiers_of_one_person_are_no_conflict() -> None:
    assert identify([b"a1", b"a2"], KNOWN) == Identification(ANNE, (), conflict=False)


@given(st.lists(st.sampled_from([*KNOWN, b"x", b"y"]), min_size=1))
def test_a_known_person_never_loses_an_identifier(indexes: list[bytes]) -> None:
    found = identify(indexes, KNOWN)
    assert not set(found.unknown) & KNOWN.keys()
    assert len(found.unknown) == len(set(found.unknown))
    assert found.person in {None, ANNE, BEN}
