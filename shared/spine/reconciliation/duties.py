"""What does a worker do so that nothing stays missing? It compares, fills holes, and seals its own ledger."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from shared.database.advisory_lock import only_one
from shared.spine.inbox.application import Applier, Routes
from shared.spine.pause.gate import Gate
from shared.spine.reconciliation import holes, result
from shared.spine.reconciliation.books import Books
from shared.spine.reconciliation.figures import Figures
from shared.spine.reconciliation.peer import PeerUnavailable
from shared.spine.reconciliation.pulling import Puller
from shared.spine.reconciliation.reconcile import Reconciler
from shared.spine.reconciliation.sealing import seal_ledger
from shared.spine.worker import Duty, periodic
from shared.telemetry.logging import get_logger

COMPARE_EVERY_SECONDS: Final = 30.0
SEAL_EVERY_SECONDS: Final = 60.0
LOOK_FOR_HOLES_EVERY_SECONDS: Final = 10.0


def publishing(books: Books) -> Mapping[str, Duty]:
    """The duties of a service that publishes."""
    return {
        "seal_ledger": periodic("seal_ledger", partial(seal_ledger, books), every_seconds=SEAL_EVERY_SECONDS)
    }


def _nothing() -> None:
    return


class Reconciliation:
    """The duties of a service that consumes."""

    def __init__(
        self,
        books: Books,
        routes: Routes,
        *,
        dependencies: object = None,
        after_commit: Callable[[], None] = _nothing,
    ) -> None:
        """`after_commit` is called after every pull that had effects."""
        applier = Applier(books.pool, routes=routes, dependencies=dependencies, clock=books.clock)
        puller = Puller(applier, gate=Gate(books.pool, "consumer"), after_commit=after_commit)
        self._books = books
        self._puller = puller
        self._reconcilers = [Reconciler(books, peer, puller) for peer in books.peers.values()]
        self._figures = {publisher: Figures(publisher, books.clock) for publisher in books.peers}
        self._noticed = asyncio.Event()

    def notice(self) -> None:
        """A hole was noted: look at once."""
        self._noticed.set()

    @property
    def duties(self) -> Mapping[str, Duty]:
        """They end when told to stop."""
        compare = periodic("reconcile", self.compare, every_seconds=COMPARE_EVERY_SECONDS)
        return {"reconcile": compare, "fill_holes": self._keep_filling}

    async def compare(self) -> None:
        """Compare with every publisher, unless another worker does; show what is known either way."""
        async with only_one(self._books.pool, "reconcile") as alone:
            for reconciler in self._reconcilers if alone else []:
                try:
                    await reconciler.turn()
                except PeerUnavailable as error:
                    _say_unavailable(reconciler.publisher, error)
        for publisher, figures in self._figures.items():
            figures.show(await result.last(self._books.pool, publisher))

    async def fill_holes(self) -> None:
        """Pull what is missing before what came."""
        for publisher, peer in self._books.peers.items():
            try:
                await holes.fill(self._books, peer, self._puller)
            except PeerUnavailable as error:
                _say_unavailable(publisher, error)

    async def _keep_filling(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._noticed.clear()
            await self.fill_holes()
            waits = [asyncio.create_task(event.wait()) for event in (stop, self._noticed)]
            await asyncio.wait(
                waits, timeout=LOOK_FOR_HOLES_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            for wait in waits:
                wait.cancel()


def _say_unavailable(publisher: str, error: PeerUnavailable) -> None:
    get_logger().warning("publisher_unavailable", publisher=publisher, reason=error.said)
