"""Judges all that is overdue, arrivals and what else is expected, every second."""

from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.detect_overdue_expectations import MAX_PERSONS, detect_overdue_expectations
from services.pathway.handlers.detect_overdue_further import detect_overdue_further
from shared.database.transaction import transaction


async def detect_overdue(dependencies: Dependencies) -> None:
    """One short transaction for each batch, until what is left fits one."""
    for detect in (detect_overdue_expectations, detect_overdue_further):
        judged = MAX_PERSONS
        while judged == MAX_PERSONS:
            async with transaction(dependencies.pool) as connection:
                judged = await detect(dependencies, connection)
