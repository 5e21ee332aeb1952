"""How do many requests share one commit? They wait together; a flusher takes them and answers after.

While one batch is being committed the next one gathers, so a batch is as large as the load makes it, and
a lone request waits for nobody. A second flusher helps when a crowd waits: any earlier it would only halve
the batches, and a flush costs about as much as fifty of its items. Nothing is answered before its commit,
nothing waits without limit.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.runtime.failures import is_transient

Item = TypeVar("Item")
Answer = TypeVar("Answer")

BATCH_LIMIT = 256
QUEUE_LIMIT = 4096
CROWD = 64
GATHERING_TURNS = 4
"""Turns of the event loop that a request takes from its socket to the queue. Requests that have arrived
are taken along, nobody waits for one that has not (measured: 1.4 times the rate at 16 connections, and the
same for a lone one)."""
GATHERED = 32
"""So many are enough to go: the database works on them while the others arrive."""
PATIENCE_SECONDS = 10.0


class NotCommitted(Exception):  # noqa: N818
    """Not stored, or nobody knows: send it again, it is idempotent."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[Item, Answer]):
    item: Item
    answered: asyncio.Future[Answer]

    def answer(self, answer: Answer) -> None:
        """Tell the caller, unless it went away."""
        if not self.answered.done():
            self.answered.set_result(answer)

    @property
    def settled(self) -> Answer | Exception:
        """The answer, or why there is none."""
        if not self.answered.done() or self.answered.cancelled():
            return NotCommitted()
        error = self.answered.exception()
        return error if isinstance(error, Exception) else self.answered.result()

    def refuse(self, error: Exception) -> None:
        """Raise at the caller, unless it went away."""
        if not self.answered.done():
            self.answered.set_exception(error)


class GroupCommit(Generic[Item, Answer]):
    """A bounded queue in front of `commit`, which stores a batch and answers each item in order.

    When `commit` fails for a passing reason, the whole batch is refused with `NotCommitted`. Anything else is
    blamed on some item: the batch is halved until only that one fails.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]],
        *,
        batch_limit: int = BATCH_LIMIT,
        queue_limit: int = QUEUE_LIMIT,
        crowd: int = CROWD,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._commit = commit
        self._batch_limit = batch_limit
        self._queue_limit = queue_limit
        self._crowd = crowd
        self._patience_seconds = patience_seconds
        self._queue: deque[_Waiting[Item, Answer]] = deque()
        self._some = asyncio.Event()
        self._many = asyncio.Event()
        self._closed = False
        self._impatient_at: deque[tuple[float, _Waiting[Item, Answer]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def depth(self) -> int:
        """How many items wait for a flusher."""
        return len(self._queue)

    @property
    def is_full(self) -> bool:
        """Whether an item would be refused now: ask before it costs anything to make one."""
        return self._closed or len(self._queue) >= self._queue_limit

    async def submit(self, item: Item) -> Answer:
        """The answer, after the commit; raises `NotCommitted` when there is none in time.

        A caller that goes away takes nothing with it: the item is committed all the same.
        """
        if self.is_full:
            raise NotCommitted
        loop = asyncio.get_running_loop()
        waiting: _Waiting[Item, Answer] = _Waiting(item, loop.create_future())
        self._queue.append(waiting)
        self._signal()
        self._be_patient(loop, waiting)
        return await waiting.answered

    async def submit_all(self, items: Sequence[Item]) -> list[Answer | Exception]:
        """The answer to each, or the error that `submit` would have raised for it; they keep their order."""
        if self._closed or len(self._queue) + len(items) > self._queue_limit:
            return [NotCommitted() for _ in items]
        loop = asyncio.get_running_loop()
        together: list[_Waiting[Item, Answer]] = [_Waiting(item, loop.create_future()) for item in items]
        self._queue.extend(together)
        self._signal()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_seconds):
                await asyncio.gather(*(waiting.answered for waiting in together), return_exceptions=True)
        return [waiting.settled for waiting in together]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Flush while the block runs, and what is queued when it ends."""
        flushers = [asyncio.create_task(self._flush_upon(signal)) for signal in (self._some, self._many)]
        try:
            yield
        finally:
            self._closed = True
            self._signal()
            await asyncio.gather(*flushers)

    def _be_patient(self, loop: asyncio.AbstractEventLoop, waiting: _Waiting[Item, Answer]) -> None:
        """One timer for all: they lose patience in the order in which they came."""
        self._impatient_at.append((loop.time() + self._patience_seconds, waiting))
        while self._impatient_at[0][1].answered.done():  # ends at the one that was added
            self._impatient_at.popleft()
        if self._timer is None:
            self._timer = loop.call_at(self._impatient_at[0][0], self._lose_patience, loop)

    def _lose_patience(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        while self._impatient_at:
            late_at, waiting = self._impatient_at[0]
            if late_at > loop.time() and not waiting.answered.done():
                self._timer = loop.call_at(late_at, self._lose_patience, loop)
                return
            self._impatient_at.popleft()
            waiting.refuse(NotCommitted())

    def _signal(self) -> None:
        """Let the flushers see what waits; at the end both are let through, to find nothing left."""
        for signal, enough in ((self._some, 1), (self._many, self._crowd)):
            if self._closed or len(self._queue) >= enough:
                signal.set()
            else:
                signal.clear()

    async def _flush_upon(self, signal: asyncio.Event) -> None:
        while self._queue or not self._closed:
            await signal.wait()
            for _ in range(GATHERING_TURNS):
                if len(self._queue) >= GATHERED:
                    break
                await asyncio.sleep(0)
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), self._batch_limit))]
            self._signal()
            if batch:
                await self._flush(batch)

    async def _flush(self, batch: Sequence[_Waiting[Item, Answer]]) -> None:
        try:
            answers = await self._commit([waiting.item for waiting in batch])
        except Exception as error:  # noqa: BLE001 - an edge: the flusher outlives whatever an item does
            await self._fail(batch, error)
        else:
            for waiting, answer in zip(batch, answers, strict=True):
                waiting.answer(answer)

    async def _fail(self, batch: Sequence[_Waiting[Item, Answer]], error: Exception) -> None:
        if isinstance(error, NotCommitted) or is_transient(error):
            for waiting in batch:
                waiting.refuse(NotCommitted())
        elif len(batch) == 1:
            batch[0].refuse(error)
        else:
            middle = len(batch) // 2
            await self._flush(batch[:middle])
            await self._flush(batch[middle:])
