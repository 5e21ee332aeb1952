"""Every second: opens the ruptures of all whose time has passed."""

from services.pathway.handlers.detect_overdue_expectations import MOST_AT_ONCE, detect_overdue_expectations
from shared.database.pool import Pool
from shared.database.transaction import transaction
from shared.runtime.clock import Clock


async def detect_overdue(pool: Pool, *, clock: Clock) -> None:
    """One short transaction for each batch, until few enough are left to fit one."""
    judged = MOST_AT_ONCE
    while judged == MOST_AT_ONCE:
        async with transaction(pool) as connection:
            judged = await detect_overdue_expectations(connection, now=clock())
