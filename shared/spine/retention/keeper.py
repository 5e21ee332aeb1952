"""Enforces the retention of a service's kinds, in batches that are each a transaction of its own."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from shared.database.advisory_lock import advisory_lock
from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.spine.retention.kind import Kind
from shared.telemetry.logging import get_logger

SECONDS: Final = 3600.0
BATCH: Final = 1000
BATCHES_AT_ONCE: Final = 300
"""Of each kind: seven million rows a day, and never more than one batch under lock."""


class RetentionKeeper:
    """The duty of one worker; it remembers how far it has walked, until it has been everywhere."""

    def __init__(self, pool: Pool, kinds: Sequence[Kind], clock: Clock) -> None:
        self._pool = pool
        self._kinds = kinds
        self._clock = clock
        self._walked: dict[str, int] = {}

    async def retain(self) -> dict[str, int]:
        """One turn; how many of each kind are kept no more."""
        async with advisory_lock(self._pool, "retention") as acquired:
            if not acquired:
                return {}
            ended = {kind.name: await self._end(kind) for kind in self._kinds if kind.statement is not None}
        for name, count in ended.items():
            if count:
                get_logger().info("retention", kind=name, count=count)
        return ended

    async def _end(self, kind: Kind) -> int:
        before, total = self._clock() - timedelta(days=kind.days), 0
        for _ in range(BATCHES_AT_ONCE):
            walked = [self._walked.get(kind.name, 0)] if kind.walks else []
            row = await self._pool.fetchrow(kind.statement or "", before, BATCH, *walked)
            total += row["ended"]
            if not kind.walks:
                if row["ended"] < BATCH:
                    break
            elif row["last"] is None:  # The next turn starts over: what was needed then may not be by now.
                self._walked.pop(kind.name, None)
                break
            else:
                self._walked[kind.name] = row["last"]
        return total
