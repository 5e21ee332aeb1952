"""When does a publisher count its own hours? Once each, when they are over; and slowly again."""

from typing import Final

from shared.database.advisory_lock import only_one
from shared.spine.reconciliation import ledger, seals
from shared.spine.reconciliation.books import Books
from shared.spine.reconciliation.windows import runs, shares
from shared.telemetry.logging import get_logger

SWEEP: Final = 4


async def seal_ledger(books: Books) -> None:
    """Seal what is over and not sealed, unless another worker does."""
    async with only_one(books.pool, "seal_ledger") as alone:
        first = await ledger.first_hour(books.pool)
        if alone and first is not None:
            now = books.clock()
            for starts in shares(await seals.unsealed(books.ledger, first=first, now=now)):
                if await seals.start_counting(books.ledger, starts):
                    counted = await books.ledger.count_each(runs(starts))
                    await seals.close(books.ledger, counted.values(), now=now)
            await _sweep(books)


async def _sweep(books: Books) -> None:
    starts = sorted(await seals.longest_unverified(books.ledger, SWEEP))
    changed = await seals.changed(books.ledger, starts)
    await seals.verified(books.ledger, starts, now=books.clock())
    if changed:
        # Nothing but damage or a hand does that. Consumers will say what they hold and we do not.
        get_logger().error("ledger_changed", publisher=books.service, count=len(changed))
        await seals.reopen(books.ledger, changed)
