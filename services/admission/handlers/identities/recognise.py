"""Recognises a person whom an establishment states without a movement (A28, A31), as movements are."""

from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct

from services.admission.domain.authorities import TEST
from services.admission.domain.checks import BILLING_NUMBER
from services.admission.domain.doubts import Doubt, joined, judge_others
from services.admission.domain.identifiers import Owner, Person, normalised_authority
from services.admission.domain.identities.statement import TraitsStatement
from services.admission.domain.submission import identify
from services.admission.handlers.accept_movement import stated_number
from services.admission.handlers.identities.known_traits import LastStated, last_stated
from services.admission.handlers.identities.own_numbers import OwnNumbers
from services.admission.handlers.meanwhile import LinkedMeanwhile
from services.admission.storage import submissions
from services.admission.storage.identities import statements


class Recognised(Struct, frozen=True, kw_only=True):
    """Whom a statement is about, and what it leaves in doubt."""

    person: Person
    is_conflict: bool
    """Whether its own numbers are several persons': no receipt tells where an INS is known."""
    has_effect: bool
    """Somebody or a number is new, or the establishment states other traits than it did last."""
    doubts: tuple[Doubt, ...]
    compared: Mapping[UUID, LastStated]


async def recognise(numbers: OwnNumbers, statement: TraitsStatement) -> Recognised:
    """Give the statement its person, and the person the numbers that nobody has."""
    stated = [one for one in statement.person.identifiers if one.type != BILLING_NUMBER]
    named = [
        stated_number(numbers.dependencies.vault, one, statement.person, numbers.affiliation)
        for one in stated
    ]
    finess = numbers.affiliation.establishment
    known, earlier = await submissions.owners_of(
        numbers.connection,
        [index for number in named for index in (number.local, number.national) if index],
        earlier=[(index, finess) for number in named for index in number.earlier],
    )
    found = identify(named, known, establishment=finess, earlier=earlier, at=numbers.at)
    others = [*found.elsewhere, *found.alike]
    own = [found.person] if found.person else []
    asked = {one.person_id for one in (*others, *own)}
    compared = await last_stated(numbers.dependencies, numbers.connection, asked)
    doubts = judge_others(
        statement.person.traits,
        establishment=finess,
        person=found.person,
        elsewhere=found.elsewhere,
        alike=found.alike,
        known={person_id: one.traits for person_id, one in compared.items()},
        is_test=any(normalised_authority(one.authority) in TEST for one in stated),
    )
    person = found.person or joined(doubts) or await numbers.new_person()
    for index, scope in sorted(found.unlinked):
        if not await statements.link(numbers.connection, index, Owner(person, scope)):
            raise LinkedMeanwhile
    remaining = tuple(doubt for doubt in doubts if doubt.other.person_id != person.person_id)
    return Recognised(
        person=person,
        has_effect=found.person is None
        or bool(found.unlinked)
        or _states_other_traits(statement, compared.get(person.person_id)),
        is_conflict=found.is_conflict,
        doubts=remaining,
        compared=compared,
    )


def _states_other_traits(statement: TraitsStatement, known: LastStated | None) -> bool:
    stated = statement.person.traits
    return stated is not None and (known is None or known.traits.get(statement.establishment) != stated)
