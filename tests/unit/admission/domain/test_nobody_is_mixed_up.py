"""Whatever establishments state, two of them share a person only by an INS that both state as qualified."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from typing import NamedTuple
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.admission.api.movements import parse_movement
from services.admission.domain.authorities import INS_NIR
from services.admission.domain.identifiers import Owner, Person
from services.admission.domain.submission import Identified, Submission, identify_all
from services.admission.handlers.accept_movement import prepare_submission
from tests.unit.admission.bodies import CLINIC, HOSPITAL, encoded, identifier, movement
from tests.unit.admission.dependencies import dependencies

DEPENDENCIES = dependencies()
INS = ("255081416802538", "141057512345678")


class Stated(NamedTuple):
    """A statement of an establishment about a patient with one of two family names."""

    establishment: str
    local: str
    ins: str | None
    is_qualified: bool
    name: str


statements = st.lists(
    st.builds(
        Stated,
        st.sampled_from([HOSPITAL, CLINIC, "940000045"]),
        st.sampled_from(["1001", "1002"]),
        st.sampled_from([*INS, None]),
        st.booleans(),
        st.sampled_from(["MARTIN", "PETIT"]),
    ),
    max_size=12,
)


def _submission(one: Stated) -> Submission:
    numbers = [identifier(one.local, "IPP"), *([identifier(one.ins, INS_NIR)] if one.ins else [])]
    traits = {
        "birth_name": one.name,
        "given_names": ["Jeanne"],
        "birth_date": "1941-05-17",
        "sex": "female",
    }
    status = "qualified" if one.is_qualified else "provisional"
    person = {"identifiers": numbers, "traits": traits, "identity_status": status}
    body = encoded(movement(person=person, establishment=one.establishment))
    return prepare_submission(
        DEPENDENCIES,
        parse_movement(body),
        source_id=UUID(int=7),
        tolerance=timedelta(0),
        trace={},
    )


def _new_persons() -> Iterator[Person]:
    return (Person(UUID(int=number), b"") for number in count(1))


def identified(stated: Sequence[Stated]) -> list[Identified]:
    """Who each statement is about, when they all come in one batch."""
    return list(identify_all([_submission(one) for one in stated], {}, new_persons=_new_persons()))


@given(statements)
def test_establishments_share_a_person_only_by_a_qualified_ins(stated: list[Stated]) -> None:
    qualified: dict[UUID, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one, found in zip(stated, identified(stated), strict=True):
        ins = qualified[found.person.person_id][one.establishment]
        ins.update({one.ins} if one.ins and one.is_qualified else ())
    for by_establishment in qualified.values():
        shared = list(by_establishment.values())
        assert len(shared) == 1 or all(
            any(ins & other for other in shared if other is not ins) for ins in shared
        )


@given(statements)
def test_a_local_number_means_one_person_for_ever(stated: list[Stated]) -> None:
    persons: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    for one, found in zip(stated, identified(stated), strict=True):
        persons[one.establishment, one.local].add(found.person.person_id)
    assert {len(found) for found in persons.values()} <= {1}


@given(statements)
def test_a_statement_is_joined_only_to_whom_its_traits_agree_with(stated: list[Stated]) -> None:
    named: dict[UUID, str] = {}
    for one, found in zip(stated, identified(stated), strict=True):
        if found.is_joined:
            assert named[found.person.person_id] == one.name
        named[found.person.person_id] = one.name


@given(statements)
def test_whoever_else_a_qualified_ins_means_is_recorded(stated: list[Stated]) -> None:
    of_ins: dict[str, UUID] = {}
    for one, found in zip(stated, identified(stated), strict=True):
        if one.ins is None or not one.is_qualified:
            continue
        first = of_ins.setdefault(one.ins, found.person.person_id)
        others = {doubt.other.person_id for doubt in found.doubts}
        assert first == found.person.person_id or first in others or found.is_conflict


def test_a_number_given_again_means_its_new_owner_of_whenever_the_movement_is() -> None:
    of_before = _submission(Stated(HOSPITAL, "1001", None, False, "MARTIN"))
    ended_at = of_before.data.emitted_at + timedelta(minutes=1)
    sent_later = replace(
        of_before, data=replace(of_before.data, emitted_at=ended_at + timedelta(minutes=1), ordered_at=None)
    )
    martin, petit = Person(UUID(int=101), b""), Person(UUID(int=102), b"")
    (number,) = of_before.numbers
    scope = number.scope
    known = {number.local: petit.owning(scope, Owner(martin, scope, until=ended_at))}
    found = identify_all([of_before, sent_later], known, new_persons=_new_persons())
    assert [each.person for each in found] == [martin, petit]
