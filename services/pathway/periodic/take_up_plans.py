"""Makes planned movements facts when their hour comes, every second."""

from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.take_up_plans import MAX_PERSONS, take_up_plans
from shared.database.transaction import transaction


async def take_up(dependencies: Dependencies) -> None:
    """One short transaction for each batch, until what is left fits one."""
    folded = MAX_PERSONS
    while folded == MAX_PERSONS:
        async with transaction(dependencies.pool) as connection:
            folded = await take_up_plans(dependencies, connection)
