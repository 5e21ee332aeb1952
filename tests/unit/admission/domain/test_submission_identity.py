"""Identifiers mean the person whom the first one belongs to that its sender's scope knows."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.admission.domain.identification import Identification
from services.admission.domain.identifiers import Owner, Person, StatedNumber
from services.admission.domain.submission import identify
from shared.testing.person_history import minutes
from tests.unit.admission.bodies import CLINIC, HOSPITAL

ANNE = Person(UUID(int=1), b"key of Anne")
BEN = Person(UUID(int=2), b"key of Ben")
KNOWN = {b"a1": Owner(ANNE, HOSPITAL), b"a2": Owner(ANNE, HOSPITAL), b"b1": Owner(BEN, HOSPITAL)}


def local(index: bytes) -> StatedNumber:
    return StatedNumber(HOSPITAL, index)


def ins(index: bytes = b"ins", *, is_qualified: bool = True) -> StatedNumber:
    return StatedNumber(HOSPITAL, b"local " + index, index, is_qualified)


def found(
    *numbers: StatedNumber,
    known: dict[bytes, Owner] = KNOWN,
    earlier: dict[tuple[bytes, str], Person] | None = None,
) -> Identification:
    return identify(numbers, known, establishment=HOSPITAL, earlier=earlier or {})


def meant(person: Person | None, *unlinked: bytes, is_conflict: bool = False) -> Identification:
    return Identification(person, (), (), tuple((index, HOSPITAL) for index in unlinked), is_conflict)


def test_unknown_identifiers_mean_a_new_person() -> None:
    assert found(local(b"x"), local(b"y")) == meant(None, b"x", b"y")


def test_a_new_identifier_of_a_known_person_is_to_be_linked() -> None:
    assert found(local(b"x"), local(b"a1")) == meant(ANNE, b"x")


def test_the_first_known_identifier_decides_between_two_persons() -> None:
    assert found(local(b"x"), local(b"b1"), local(b"a1")) == meant(BEN, b"x", is_conflict=True)


def test_two_identifiers_of_one_person_are_no_conflict() -> None:
    assert found(local(b"a1"), local(b"a2")) == meant(ANNE)


def test_a_qualified_ins_that_nobody_has_becomes_the_persons_for_all() -> None:
    assert found(ins()) == meant(None, b"ins")
    assert found(local(b"a1"), ins()) == meant(ANNE, b"ins")


def test_what_is_from_before_a_number_was_changed_is_of_who_had_it_then() -> None:
    ended = Owner(ANNE, HOSPITAL, until=minutes(0))
    for known in (ended, BEN.owning(HOSPITAL, ended), Owner(BEN, HOSPITAL, minutes(9), (ended,))):
        of = {b"a1": known}
        assert identify([local(b"a1")], of, establishment=HOSPITAL, at=minutes(0)) == meant(ANNE)
    later = identify([local(b"a1")], {b"a1": ended}, establishment=HOSPITAL, at=minutes(1))
    assert later == meant(None, b"a1")
    again = {b"a1": BEN.owning(HOSPITAL, ended)}
    assert identify([local(b"a1")], again, establishment=HOSPITAL, at=minutes(1)) == meant(BEN)


def test_an_ins_that_the_scope_stated_first_is_the_scopes_own() -> None:
    known = {b"ins": Owner(ANNE, HOSPITAL)}
    assert found(ins(), known=known) == meant(ANNE)
    assert found(ins(is_qualified=False), known=known) == meant(ANNE)


def test_an_ins_of_another_scope_decides_nothing_by_itself() -> None:
    found_elsewhere = found(ins(), known={b"ins": Owner(BEN, CLINIC)})
    assert (found_elsewhere.person, found_elsewhere.elsewhere) == (None, (BEN,))
    assert found_elsewhere.unlinked == ((b"local ins", HOSPITAL),)
    known = KNOWN | {b"ins": Owner(BEN, CLINIC)}
    assert found(local(b"a1"), ins(), known=known).elsewhere == (BEN,)


def test_an_ins_that_is_not_qualified_is_only_alike_and_only_at_first() -> None:
    known = KNOWN | {b"ins": Owner(BEN, CLINIC)}
    first = found(local(b"a1"), ins(is_qualified=False), known=known)
    assert (first.person, first.elsewhere, first.alike) == (ANNE, (), (BEN,))
    known[b"local ins"] = Owner(ANNE, HOSPITAL)
    assert found(local(b"a1"), ins(is_qualified=False), known=known) == meant(ANNE)


def test_a_number_from_before_there_were_scopes_counts_for_those_who_stated_something() -> None:
    number = StatedNumber(HOSPITAL, b"x", earlier=(b"former",))
    assert found(number, earlier={(b"former", HOSPITAL): BEN}) == meant(BEN, b"x")
    assert found(number, earlier={(b"former", CLINIC): BEN}) == meant(None, b"x")
    assert found(
        StatedNumber(HOSPITAL, b"a1", earlier=(b"former",)), earlier={(b"former", HOSPITAL): BEN}
    ) == (meant(ANNE))


@given(st.lists(st.sampled_from([*KNOWN, b"x", b"y"]), min_size=1))
def test_a_known_person_never_loses_an_identifier(indexes: list[bytes]) -> None:
    answer = found(*map(local, indexes))
    unlinked = [index for index, _ in answer.unlinked]
    assert not set(unlinked) & KNOWN.keys()
    assert len(unlinked) == len(set(unlinked))
    assert answer.person in {None, ANNE, BEN}
