"""Builds the recurring duties of a worker that keep events from staying missing."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final

from shared.database.advisory_lock import advisory_lock
from shared.runtime.waiting import wait_for
from shared.spine.inbox.applier import Applier, Routes
from shared.spine.inbox.take_back import TakeBack
from shared.spine.parked.context import ParkedContext
from shared.spine.pause.gate import Gate
from shared.spine.reconciliation.context import ReconciliationContext
from shared.spine.reconciliation.ledger.client import PublisherUnavailable
from shared.spine.reconciliation.ledger.seal_ledger import seal_ledger
from shared.spine.reconciliation.repair import result
from shared.spine.reconciliation.repair.fill_holes import fill_holes
from shared.spine.reconciliation.repair.puller import Puller
from shared.spine.reconciliation.repair.reconciler import Reconciler
from shared.spine.reconciliation.repair.result import ResultMetrics
from shared.spine.reconciliation.repair.take_back import Taker
from shared.spine.worker import Duty, periodic
from shared.telemetry.logging import get_logger

COMPARE_EVERY_SECONDS: Final = 30.0
SEAL_EVERY_SECONDS: Final = 60.0
LOOK_FOR_HOLES_EVERY_SECONDS: Final = 10.0


def publisher_duties(context: ReconciliationContext) -> Mapping[str, Duty]:
    """Return the duties of a service that publishes."""
    seal = partial(seal_ledger, context.ledger_side, context.clock)
    return {"seal_ledger": periodic("seal_ledger", seal, every_seconds=SEAL_EVERY_SECONDS)}


class ConsumerReconciliation:
    """The duties of a service that consumes."""

    def __init__(
        self,
        context: ReconciliationContext,
        routes: Routes,
        undo: TakeBack,
        *,
        dependencies: object,
    ) -> None:
        applier = Applier(context.pool, routes=routes, dependencies=dependencies, clock=context.clock)
        self._context = context
        self._puller = Puller(applier, gate=Gate(context.pool, "consumer"))
        parked = ParkedContext(context.pool, applier, context.clock)
        taker = Taker(parked, undo, dependencies=dependencies)
        self._reconcilers = [
            Reconciler(context, ledger, self._puller, taker) for ledger in context.ledger_clients.values()
        ]
        self._metrics = {
            publisher: ResultMetrics(publisher, context.clock) for publisher in context.ledger_clients
        }
        self._holes_noted = asyncio.Event()

    def on_holes(self) -> None:
        """Fill holes immediately, because a batch noted one."""
        self._holes_noted.set()

    @property
    def duties(self) -> Mapping[str, Duty]:
        """Comparing, and filling holes; both end when the worker stops."""
        reconcile = periodic("reconcile", self.reconcile, every_seconds=COMPARE_EVERY_SECONDS)
        return {"reconcile": reconcile, "fill_holes": self._keep_filling_holes}

    async def reconcile(self) -> None:
        """Compare with every publisher, unless another worker does; show the last results either way."""
        async with advisory_lock(self._context.pool, "reconcile") as alone:
            for reconciler in self._reconcilers if alone else []:
                try:
                    await reconciler.reconcile()
                except PublisherUnavailable as error:
                    _log_unavailable(reconciler.publisher, error)
        for publisher, shown in self._metrics.items():
            shown.show(await result.last(self._context.pool, publisher))

    async def fill_holes(self) -> None:
        """Pull the events before later ones that are missing, from every publisher that answers."""
        for publisher, ledger in self._context.ledger_clients.items():
            try:
                await fill_holes(self._context, ledger, self._puller)
            except PublisherUnavailable as error:
                _log_unavailable(publisher, error)

    async def _keep_filling_holes(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._holes_noted.clear()
            await self.fill_holes()
            await wait_for(stop, self._holes_noted, timeout_seconds=LOOK_FOR_HOLES_EVERY_SECONDS)


def _log_unavailable(publisher: str, error: PublisherUnavailable) -> None:
    get_logger().warning("publisher_unavailable", publisher=publisher, reason=error.reason)
