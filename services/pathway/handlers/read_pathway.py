"""Reads a person's pathway as one reader may see it."""

from collections.abc import Mapping
from uuid import UUID

from services.pathway.domain.pathway import Closure, Pathway
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.storage import pathways
from shared.security.principal import Principal


async def read_pathway(
    dependencies: Dependencies, person_id: UUID, *, principal: Principal
) -> tuple[Pathway, Mapping[UUID, Closure]] | None:
    """The whole pathway, for an establishment that stated any part of it, even one since cancelled.

    With it what persons said of its expectations. None otherwise: a stranger cannot tell a person of others
    from a person who does not exist.
    """
    found = await pathways.read_with_closures(dependencies.pool, person_id)
    if found is None or not any(map(principal.may_see, found[0].establishments)):
        return None
    return found
