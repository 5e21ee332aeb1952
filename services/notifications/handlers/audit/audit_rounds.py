"""Chooses the persons to audit: those who changed since the last round, and slowly everybody."""

from typing import Final, get_args

from msgspec.structs import replace

from services.notifications.domain.audit.comparison import Difference
from services.notifications.handlers.audit.audit_persons import audit_persons
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.audit import progress
from services.notifications.storage.audit.progress import AuditRound
from services.notifications.storage.obligations import balance
from shared.telemetry import metrics

PERSONS_PER_TRANSACTION: Final = 10
"""Locked and compared in one transaction: briefly, since consumers wait for a locked person, and whoever
shares the process waits for the comparison."""


async def audit_next(dependencies: Dependencies, round_: AuditRound | None) -> AuditRound | None:
    """Audit a small part of a round, a new one if none is given; the round as far as it is left, or none.

    What is left of a round is kept by the caller only: a new process begins it again. Raises when a ledger
    cannot be asked.
    """
    round_ = round_ or await progress.next_round(dependencies.pool)
    some, left = round_.left[:PERSONS_PER_TRANSACTION], round_.left[PERSONS_PER_TRANSACTION:]
    if some:
        audited = await audit_persons(dependencies, some)
        await progress.remove_requests(dependencies.pool, some, up_to=round_.last_wanted)
        await progress.request_audit(dependencies.pool, audited.postponed)
    if left:
        return replace(round_, left=left)
    await progress.finish(dependencies.pool, round_)
    await _sweep(dependencies)
    return None


async def _sweep(dependencies: Dependencies) -> None:
    some = await progress.next_to_sweep(dependencies.pool, limit=PERSONS_PER_TRANSACTION)
    if some:
        audited = await audit_persons(dependencies, some)
        await progress.request_audit(dependencies.pool, audited.postponed)
    await progress.advance_sweep(dependencies.pool, some)


async def measure_audit(dependencies: Dependencies) -> None:
    """Set the gauges: the age of the oldest change not audited, and the open differences."""
    if not dependencies.ledgers:
        return
    behind = await progress.lag(dependencies.pool)
    metrics.obligations_unaudited_seconds.set(behind.total_seconds())
    open_ = await balance.open_differences(dependencies.pool)
    for difference in get_args(Difference):
        metrics.obligation_differences.labels(difference).set(open_.get(difference, 0))
