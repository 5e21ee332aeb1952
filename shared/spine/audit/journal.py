"""Writes entries of many requests together: what is wanted while one statement runs is the next one's."""

import asyncio
from collections.abc import Sequence
from functools import partial

from starlette.requests import Request

from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.security.audit.access import Access
from shared.security.audit.entry import Entry
from shared.security.policy.operations import AUDITS, Operation
from shared.security.principal import Principal
from shared.spine.access.peers import is_service
from shared.spine.audit import entries as storage
from shared.spine.audit.chains import Chains
from shared.telemetry import metrics
from shared.web.middleware.before_answer import BEFORE_ANSWER

MOST_AT_ONCE = 1000


class Journal:
    """Records the accesses of an application (`shared.security.audit.access.Auditor`)."""

    def __init__(self, pool: Pool, chains: Chains, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self.chains = chains
        self._waiting: list[tuple[Sequence[Entry], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def open(
        self,
        request: Request,
        principal: Principal | None,
        operation: Operation,
        *,
        refusal: str | None = None,
    ) -> None:
        """Begin to follow a request; a change is recorded now, and raises when it cannot be."""
        if AUDITS[operation] == "none" or is_service(principal):
            return
        access = Access(principal, operation, request.path_params)
        access.why = refusal
        request.scope[BEFORE_ANSWER] = partial(self._close, access)
        if access.changes and refusal is None:
            await self.write(access.entries("asked", at=self._clock()))

    async def _close(self, access: Access, status: int) -> None:
        stage = access.stage_of(status)
        if stage is not None:
            await self.write(access.entries(stage, at=self._clock()))

    async def write(self, entries: Sequence[Entry]) -> None:
        """Return once they are committed; raises what kept them from it."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entries, written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_what_waits())
        await written

    async def _write_what_waits(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                async with self.chains.lent() as chain:
                    added = chain.extend(entry for entries, _ in together for entry in entries)
                    await storage.add(self._pool, added)
            except Exception as error:  # noqa: BLE001 - an edge: each of them is answered with it
                outcome: Exception | None = error
            else:
                outcome = None
                metrics.audit_entries_total.inc(len(added))
            for _, written in together:
                if written.done():
                    continue
                if outcome is None:
                    written.set_result(None)
                else:
                    written.set_exception(outcome)
