"""Opens the ruptures of all arrivals that are overdue, every second."""

from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.detect_overdue_expectations import MOST_AT_ONCE, detect_overdue_expectations
from shared.database.transaction import transaction


async def detect_overdue(dependencies: Dependencies) -> None:
    """One short transaction for each batch, until what is left fits one."""
    judged = MOST_AT_ONCE
    while judged == MOST_AT_ONCE:
        async with transaction(dependencies.pool) as connection:
            judged = await detect_overdue_expectations(dependencies, connection)
