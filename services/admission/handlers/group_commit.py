"""How do many requests share one commit? They queue; a flusher takes all that wait and answers them after.

While one batch is being committed the next one gathers, so a batch is as large as the load makes it, and
a lone request waits for nobody. Nothing is answered before its commit, nothing waits without limit.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.failures import is_transient

Item = TypeVar("Item")
Answer = TypeVar("Answer")

BATCH_LIMIT = 256
QUEUE_LIMIT = 4096
FLUSHERS = 2
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
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._commit = commit
        self._batch_limit = batch_limit
        self._patience_seconds = patience_seconds
        self._queue: asyncio.Queue[_Waiting[Item, Answer] | None] = asyncio.Queue(queue_limit)
        self._closed = False

    @property
    def depth(self) -> int:
        """How many items wait for a flusher."""
        return self._queue.qsize()

    async def submit(self, item: Item) -> Answer:
        """The answer, after the commit; raises `NotCommitted` when there is none in time.

        A caller that goes away takes nothing with it: the item is committed all the same.
        """
        waiting: _Waiting[Item, Answer] = _Waiting(item, asyncio.get_running_loop().create_future())
        try:
            if self._closed:
                raise NotCommitted
            self._queue.put_nowait(waiting)
            async with asyncio.timeout(self._patience_seconds):
                return await waiting.answered
        except (asyncio.QueueFull, TimeoutError):
            raise NotCommitted from None

    @asynccontextmanager
    async def running(self, flushers: int = FLUSHERS) -> AsyncIterator[None]:
        """Flush while the block runs, and what is queued when it ends."""
        tasks = [asyncio.create_task(self._flush_until_closed()) for _ in range(flushers)]
        try:
            yield
        finally:
            self._closed = True
            for _ in tasks:
                await self._queue.put(None)
            await asyncio.gather(*tasks)

    async def _flush_until_closed(self) -> None:
        while batch := await self._next_batch():
            await self._flush(batch)

    async def _next_batch(self) -> list[_Waiting[Item, Answer]]:
        """What waits, at least one; empty when it is over."""
        batch: list[_Waiting[Item, Answer]] = []
        waiting = await self._queue.get()
        while waiting is not None:
            batch.append(waiting)
            if len(batch) == self._batch_limit or self._queue.empty():
                return batch
            waiting = self._queue.get_nowait()
        if batch:
            self._queue.put_nowait(None)  # to be found again after this batch
        return batch

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
