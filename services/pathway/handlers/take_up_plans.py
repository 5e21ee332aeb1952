"""Makes planned movements facts once their hour has come: no event says that it has."""

from typing import Final

from services.pathway.domain.fold import end_of_past
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.fold_pathways import fold_pathways
from services.pathway.storage import pathways
from shared.database.pool import Connection

MAX_PERSONS: Final = 200


async def take_up_plans(
    dependencies: Dependencies, connection: Connection, *, limit: int = MAX_PERSONS
) -> int:
    """Fold the persons again whose plans have become facts, and count them; at `limit` there may be more.

    Idempotent: who has no plan left whose time has come is not found again.
    """
    by = end_of_past(dependencies.clock(), dependencies.rules)
    person_ids = await pathways.lock_persons_with_plans(connection, by=by, limit=limit)
    if person_ids:
        await fold_pathways(dependencies, connection, person_ids)
    return len(person_ids)
