"""Finds a person by a number, for an establishment that stated something of them."""

from collections.abc import Sequence
from typing import Final

from services.admission.domain.identifiers import NotAnInsError
from services.admission.domain.movement import Identifier, Person
from services.admission.handlers.accept_movement import ask_for_affiliations, stated_number
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.persons import NamedPerson, person_stated_by
from shared.security.principal import Principal

NOWHERE: Final = ""
"""No establishment, so no local number."""


async def find_person(
    dependencies: Dependencies, *, authority: str, value: str, reader: Principal
) -> NamedPerson | None:
    """The person to whom the authority gave this number, compared as movements are (see `identify`).

    None for a number that nobody stated, and for one of a person of whom the reader's establishment
    stated nothing: the two cannot be told apart. A local number means nothing to an operator of the whole
    platform, who has no establishment.
    """
    if reader.establishment is None and "operator" not in reader.scopes:
        return None
    try:
        indexes = await indexes_of(dependencies, authority, value, reader.establishments or [NOWHERE])
    except NotAnInsError:
        return None
    for of_number in indexes:
        found = await person_stated_by(
            dependencies.pool, of_number, establishments=reader.establishments or None
        )
        if found is not None:
            return found
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
        )
        for establishment in establishments
    ]
    return [
        [number.local, *([number.national] if number.national else []), *number.earlier] for number in numbers
    ]
