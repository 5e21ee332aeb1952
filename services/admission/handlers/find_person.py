"""Finds a person by a number, for an establishment that stated something of them."""

from collections.abc import Sequence
from typing import Final

from services.admission.domain.identifiers import NotAnInsError
from services.admission.domain.movement import Identifier, Person
from services.admission.handlers.accept_movement import ask_for_affiliations, stated_number
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.persons import NamedPerson, owners_of, stated_of
from shared.security.audit.access import note
from shared.security.policy.decide import decide
from shared.security.policy.operations import Operation
from shared.security.principal import Principal
from shared.stays.relations import stated_by, stating

NOWHERE: Final = ""
"""No establishment, so no local number."""


async def find_person(
    dependencies: Dependencies,
    *,
    authority: str,
    value: str,
    reader: Principal,
    operation: Operation = "find_person",
) -> NamedPerson | None:
    """The person to whom the authority gave this number, compared as movements are (see `identify`).

    None for a number that nobody stated, and for one of a person of whom nothing holds that the reader's
    establishments stated: both are looked for by the same statements. A local number means nothing to an
    operator of the platform.
    """
    try:
        indexes = await indexes_of(dependencies, authority, value, reader.establishments or [NOWHERE])
    except NotAnInsError:
        return None
    owners = await owners_of(dependencies.pool, indexes)
    persons = [owner.person_id for owner in owners]
    stated = await stated_of(dependencies.pool, persons, establishments=reader.establishments)
    for owner in owners:
        own = stated_by(stating(stated.get(owner.person_id, ())))
        if decide(reader, operation, [own]).allowed:
            note(owner.person_id, why="states")
            return owner
    note(*persons, why="unrelated")
    return None


async def indexes_of(
    dependencies: Dependencies, authority: str, value: str, establishments: Sequence[str]
) -> list[list[bytes]]:
    """Where the number may be, for each establishment: there, in the whole country, in earlier versions."""
    identifier = Identifier(authority=authority, value=value)
    await ask_for_affiliations(dependencies, establishments)
    numbers = [
        stated_number(
            dependencies.vault,
            identifier,
            Person(identifiers=(identifier,)),
            dependencies.affiliations[establishment],
            may_be_unscoped=dependencies.owners.may_be_unscoped,
        )
        for establishment in establishments
    ]
    return [
        [number.local, *([number.national] if number.national else []), *number.earlier] for number in numbers
    ]
