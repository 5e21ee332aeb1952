"""Finds a person by a number, for an establishment that stated something of them."""

from uuid import UUID

from services.admission.domain.identifiers import NotAnInsError, normalised
from services.admission.handlers.accept_movement import identifier_index
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.persons import person_stated_by
from shared.security.principal import Principal


async def find_person(
    dependencies: Dependencies, *, authority: str, value: str, reader: Principal
) -> UUID | None:
    """The person to whom the authority gave this number, compared as movements are (see `identify`).

    None for a number that nobody stated, and for one of a person of whom the reader's establishment
    stated nothing: the two cannot be told apart.
    """
    if reader.establishment is None and "operator" not in reader.scopes:
        return None
    try:
        number = normalised(authority, value)
    except NotAnInsError:
        return None
    return await person_stated_by(
        dependencies.pool,
        identifier_index(dependencies.vault, number),
        establishment=reader.establishment,
    )
