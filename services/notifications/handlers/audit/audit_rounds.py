"""Chooses the persons to audit: whoever changed since the last round, and slowly everybody."""

from dataclasses import dataclass
from typing import Final, get_args

from services.notifications.domain.audit.comparison import Difference
from services.notifications.handlers.audit.audit_persons import audit_persons
from services.notifications.handlers.audit.ledgers import Ledgers
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.audit import progress
from services.notifications.storage.audit.progress import Round
from services.notifications.storage.obligations import balance
from shared.telemetry import metrics

TOGETHER: Final = 10
"""Locked and compared in one transaction: briefly, since consumers wait for a locked person, and whoever
shares the process waits for the comparison."""


@dataclass
class Auditor:
    """What is left of the round is remembered here only: a new process begins the round again."""

    dependencies: Dependencies
    ledgers: Ledgers
    _round: Round | None = None

    async def turn(self) -> bool:
        """A small part of the work, and whether the round is over; raises when a ledger cannot be asked."""
        pool = self.dependencies.pool
        current = self._round or await progress.next_round(pool)
        self._round = current
        await self._audit_changed(current)
        if current.left:
            return False
        await progress.finish(pool, current)
        self._round = None
        await self._sweep()
        return True

    async def _audit_changed(self, current: Round) -> None:
        some = current.left[:TOGETHER]
        if not some:
            return
        audited = await audit_persons(self.dependencies, self.ledgers, some)
        await progress.no_longer_want(self.dependencies.pool, some, up_to=current.last_wanted)
        await progress.want(self.dependencies.pool, audited.postponed)
        del current.left[:TOGETHER]

    async def _sweep(self) -> None:
        some = await progress.next_to_sweep(self.dependencies.pool, limit=TOGETHER)
        if some:
            audited = await audit_persons(self.dependencies, self.ledgers, some)
            await progress.want(self.dependencies.pool, audited.postponed)
        await progress.swept(self.dependencies.pool, some)


async def measure_audit(dependencies: Dependencies) -> None:
    """Set the gauges; a ledger that is away is what the alert on the age is for."""
    if not dependencies.ledgers:
        return
    behind = await progress.lag(dependencies.pool)
    metrics.obligations_unaudited_seconds.set(behind.total_seconds())
    open_ = await balance.open_differences(dependencies.pool)
    for difference in get_args(Difference):
        metrics.obligation_differences.labels(difference).set(open_.get(difference, 0))
