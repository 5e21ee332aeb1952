"""Reads a person's pathway as one reader may see it."""

from collections.abc import Mapping
from uuid import UUID

from services.pathway.domain.pathway import Pathway, Watched
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.storage import pathways
from shared.security.principal import Principal


async def read_pathway(
    dependencies: Dependencies, person_id: UUID, *, principal: Principal
) -> tuple[Pathway, Mapping[UUID, Watched]] | None:
    """The whole pathway, for an establishment that stated any part of it, even one since cancelled.

    With it which expectations are overdue or closed. None otherwise: a stranger cannot tell a person of
    others from a person who does not exist.
    """
    found = await pathways.read_watched(dependencies.pool, person_id)
    if found is None or not any(map(principal.may_see, found[0].establishments)):
        return None
    return found
