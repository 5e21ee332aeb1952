"""Reads a person's pathway as one reader may see it."""

from uuid import UUID

from services.pathway.domain.pathway import Pathway
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.storage import pathways
from shared.security.principal import Principal


async def read_pathway(
    dependencies: Dependencies, person_id: UUID, *, principal: Principal
) -> Pathway | None:
    """The whole pathway, for an establishment that stated any part of it, even one since cancelled.

    None otherwise: a stranger cannot tell a person of others from a person who does not exist.
    """
    pathway = await pathways.read(dependencies.pool, person_id)
    if pathway is None or not any(map(principal.may_see, pathway.establishments)):
        return None
    return pathway
