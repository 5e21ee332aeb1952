"""Finds a person by a number, for an establishment that stated something of them."""

from uuid import UUID

from services.admission.domain.identifiers import NotAnInsError
from services.admission.domain.movement import Identifier, Person
from services.admission.handlers.accept_movement import ask_for_affiliations, stated_number
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.persons import person_stated_by
from shared.security.principal import Principal


async def find_person(
    dependencies: Dependencies, *, authority: str, value: str, reader: Principal
) -> UUID | None:
    """The person to whom the authority gave this number, compared as movements are (see `identify`).

    None for a number that nobody stated, and for one of a person of whom the reader's establishment
    stated nothing: the two cannot be told apart. A local number means nothing to an operator of the whole
    platform, who has no establishment.
    """
    if reader.establishment is None and "operator" not in reader.scopes:
        return None
    identifier, establishment = Identifier(authority=authority, value=value), reader.establishment or ""
    await ask_for_affiliations(dependencies, [establishment])
    try:
        number = stated_number(
            dependencies.vault,
            identifier,
            Person(identifiers=(identifier,)),
            dependencies.affiliations[establishment],
        )
    except NotAnInsError:
        return None
    national = () if number.national is None else (number.national,)
    return await person_stated_by(
        dependencies.pool,
        (number.local, *national, *number.earlier),
        establishment=reader.establishment,
    )
