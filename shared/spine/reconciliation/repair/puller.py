"""Applies missing events, read from a publisher's ledger, as a batch from the broker would be applied."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from shared.spine.inbox.applied import report_applied
from shared.spine.inbox.applier import Applier
from shared.spine.pause.gate import Gate
from shared.spine.records.pulled import LedgerEvent, as_incoming
from shared.telemetry import metrics

EVENTS_PER_TRANSACTION: Final = 200
"""Small, because no batch of this service commits during such a transaction."""


class Puller:
    """Applies events of ledgers with a service's routes."""

    def __init__(self, applier: Applier, *, gate: Gate) -> None:
        self._applier = applier
        self._gate = gate

    async def may_pull(self) -> bool:
        """Tell whether consuming is not paused."""
        return await self._gate.is_open()

    async def pull(self, publisher: str, events: Iterable[LedgerEvent]) -> int:
        """Apply events until consuming is paused; return how many were new here, parked ones included."""
        remaining, pulled = iter(events), 0
        while await self._gate.is_open() and (chunk := list(islice(remaining, EVENTS_PER_TRANSACTION))):
            applied = await self._applier.apply_pulled([as_incoming(publisher, event) for event in chunk])
            report_applied(applied)
            new = len(chunk) - applied.duplicates
            metrics.reconciliation_pulled_total.labels(publisher).inc(new)
            pulled += new
        return pulled
