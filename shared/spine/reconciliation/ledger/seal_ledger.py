"""Seals the hours of a publisher's own ledger that are over, and counts a few sealed ones again."""

from typing import Final

from shared.database.advisory_lock import advisory_lock
from shared.runtime.clock import Clock
from shared.spine.reconciliation.hours import sealed_hours
from shared.spine.reconciliation.hours.counting import Side
from shared.spine.reconciliation.hours.windows import batches, joined
from shared.spine.reconciliation.ledger.events import first_recorded_hour
from shared.telemetry.logging import get_logger

HOURS_VERIFIED: Final = 4
"""Sealed hours that are counted again each time."""


async def seal_ledger(ledger: Side, clock: Clock) -> None:
    """Seal the hours of the ledger that are over, unless another worker is doing so."""
    async with advisory_lock(ledger.pool, "seal_ledger") as alone:
        first = await first_recorded_hour(ledger.pool)
        if alone and first is not None:
            now = clock()
            for starts in batches(await sealed_hours.unsealed(ledger, first=first, now=now)):
                if await sealed_hours.start_counting(ledger, starts):
                    counted = await ledger.count_each(joined(starts))
                    await sealed_hours.seal(ledger, counted.values(), now=now)
            await _verify_some(ledger, clock)


async def _verify_some(ledger: Side, clock: Clock) -> None:
    starts = sorted(await sealed_hours.longest_unverified(ledger, HOURS_VERIFIED))
    changed = await sealed_hours.no_longer_equal(ledger, starts)
    await sealed_hours.mark_verified(ledger, starts, now=clock())
    if changed:
        # A ledger is append-only: only damage or a manual change does this. Consumers then report the events
        # that they hold and the ledger does not.
        get_logger().error("ledger_changed", publisher=ledger.publisher, count=len(changed))
        await sealed_hours.reopen(ledger, changed)
