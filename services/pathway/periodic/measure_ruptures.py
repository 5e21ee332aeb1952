"""Every few seconds: how many ruptures are open, and does the watch keep up with the clock?"""

from services.pathway.storage.expectations import waiting
from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.telemetry import metrics


async def measure_ruptures(pool: Pool, *, clock: Clock) -> None:
    now = clock()
    found = await waiting(pool, now=now)
    metrics.ruptures_open.set(found.overdue)
    age = (now - found.oldest_due_at).total_seconds() if found.oldest_due_at else 0.0
    metrics.expectations_overdue_oldest_seconds.set(age)
