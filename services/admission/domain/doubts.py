"""Judges whether persons whom one INS means are one: joined, in conflict, or left to a person's decision."""

from collections.abc import Mapping, Sequence
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.admission.domain.identifiers import Person
from services.admission.domain.movement import Traits
from services.admission.domain.traits import Comparison, compare_identities

Finding = Literal["join", "conflict", "suspected_duplicate", "stated_as_one", "different_persons"]
"""`join`: the traits agree, and two persons are to become one; the others wait for a person's decision.
`stated_as_one`: an establishment merged or linked two persons whom others know. `different_persons`: an INS
joined them, or one to the other's number, and what establishments state of them agrees no longer."""


KnownTraits = Mapping[UUID, Mapping[str, Traits]]
"""Person -> what each establishment stated of them last: none can put another's word aside."""


class Doubt(Struct, frozen=True):
    """Another person whom a statement may mean, too, and how their traits compare."""

    finding: Finding
    other: Person
    comparison: Comparison


def judge_others(
    stated: Traits | None,
    *,
    establishment: str,
    person: Person | None,
    elsewhere: Sequence[Person],
    alike: Sequence[Person],
    known: KnownTraits,
    is_test: bool,
) -> tuple[Doubt, ...]:
    """What to make of each other person whom a statement may mean, by the traits that are known of them.

    A statement that contradicts what is known of its own `person` joins nobody: it may hold another
    patient's traits together with another patient's INS. A number that is new to its `establishment` joins
    nobody whom that knows by another one: it says itself when it is one. Numbers of tests need no traits.
    """
    given = [] if stated is None else [stated]
    contradicts_own = person is not None and bool(_compare(known, person, given).disagreeing)
    doubts: list[Doubt] = []
    for other in elsewhere:
        comparison = _compare(known, other, given)
        is_known_otherwise = person is None and establishment in known.get(other.person_id, {})
        agrees = comparison.is_strict or (is_test and not comparison.disagreeing)
        doubts.append(
            Doubt(
                "join" if agrees and not (contradicts_own or is_known_otherwise) else "conflict",
                other,
                comparison,
            )
        )
    for other in alike:
        comparison = _compare(known, other, given)
        doubts.append(Doubt("suspected_duplicate", other, comparison))
    return tuple(doubts)


def joined(doubts: Sequence[Doubt]) -> Person | None:
    """Whose a new local identity is, if the traits agree with somebody's."""
    return next((doubt.other for doubt in doubts if doubt.finding == "join"), None)


def _compare(known: KnownTraits, person: Person, stated: Sequence[Traits]) -> Comparison:
    return compare_identities(known.get(person.person_id, {}).values(), stated)
