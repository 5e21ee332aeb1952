"""Commits many requests together: they queue, and a flusher commits what is queued in batches.

While one batch is being committed the next one collects, so a batch is as large as the load makes it, and
a lone request waits for no other. A second flusher helps when the queue is long: any earlier it would only
halve the batches, and a flush costs about as much as fifty of its items. Nothing is answered before its
commit, and nothing waits without limit.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from msgspec import Struct
from opentelemetry.trace import SpanContext

from services.admission.domain.receipt import Outcome
from shared.runtime.errors import RetryableError
from shared.runtime.failures import is_transient

DependenciesT = TypeVar("DependenciesT")
ItemT = TypeVar("ItemT")
AnswerT = TypeVar("AnswerT")

BATCH_LIMIT = 256
QUEUE_LIMIT = 4096
SECOND_FLUSHER_FROM = 64
"""Length of the queue from which on a second flusher helps."""
COLLECTING_TURNS = 4
"""Turns of the event loop that a request takes from its socket to the queue. Requests that have arrived
join the batch; it waits for no others (measured: 1.4 times the rate at 16 connections, and the same for a
lone one)."""
COLLECTING_LIMIT = 32
"""A batch of this size is flushed without collecting more: the database works while others arrive."""
TIMEOUT_SECONDS = 10.0


class NotCommitted(RetryableError):  # noqa: N818
    """Not committed, or not known to be: send it again, which is idempotent."""


class Flushed(Struct, frozen=True):
    """The outcome of one submission, and the span of the flush that committed it."""

    outcome: Outcome
    flush: SpanContext


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[ItemT, AnswerT]):
    items: Sequence[ItemT]
    """Committed together, or none of them; mostly one."""
    answered: asyncio.Future[Sequence[AnswerT]]

    @property
    def result(self) -> AnswerT | Exception:
        """The first answer, or the error in its place."""
        if not self.answered.done() or self.answered.cancelled():
            return NotCommitted()
        error = self.answered.exception()
        return error if isinstance(error, Exception) else self.answered.result()[0]

    def answer(self, answers: Sequence[AnswerT]) -> None:
        """Give the caller its answers, unless it was cancelled."""
        if not self.answered.done():
            self.answered.set_result(answers)

    def refuse(self, error: Exception) -> None:
        """Raise the error at the caller, unless it was cancelled."""
        if not self.answered.done():
            self.answered.set_exception(error)


class GroupCommit(Generic[DependenciesT, ItemT, AnswerT]):
    """A bounded queue in front of `commit`, which stores a batch and answers each item in order.

    In admission `commit` is `commit_submissions`. When it fails for a transient reason, the whole batch is
    refused with `NotCommitted`. Any other error is put down to some item: the batch is halved until only
    that item fails, with those that were submitted together with it.
    """

    def __init__(
        self,
        commit: Callable[[DependenciesT, Sequence[ItemT]], Awaitable[Sequence[AnswerT]]],
        *,
        batch_limit: int = BATCH_LIMIT,
        queue_limit: int = QUEUE_LIMIT,
        second_flusher_from: int = SECOND_FLUSHER_FROM,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._commit = commit
        self._batch_limit = batch_limit
        self._queue_limit = queue_limit
        self._second_flusher_from = second_flusher_from
        self._timeout_seconds = timeout_seconds
        self._queue: deque[_Waiting[ItemT, AnswerT]] = deque()
        self._one_is_queued = asyncio.Event()
        self._many_are_queued = asyncio.Event()
        self._closed = False
        self._times_out_at: deque[tuple[float, _Waiting[ItemT, AnswerT]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def depth(self) -> int:
        """How many items wait for a flusher."""
        return len(self._queue)

    @property
    def is_full(self) -> bool:
        """Whether an item would be refused now: ask before spending anything on making one."""
        return self._closed or len(self._queue) >= self._queue_limit

    async def submit(self, item: ItemT) -> AnswerT:
        """The answer, after the commit; raises `NotCommitted` when it does not come in time.

        An item is committed even when its caller is cancelled.
        """
        return (await self._queued((item,)))[0]

    async def submit_together(self, items: Sequence[ItemT]) -> Sequence[AnswerT]:
        """The same for some that are committed in one transaction, or not at all."""
        return await self._queued(items)

    async def submit_all(self, items: Sequence[ItemT]) -> list[AnswerT | Exception]:
        """The answer to each, or the error that `submit` would have raised for it; they keep their order."""
        if self._closed or len(self._queue) + len(items) > self._queue_limit:
            return [NotCommitted() for _ in items]
        loop = asyncio.get_running_loop()
        together: list[_Waiting[ItemT, AnswerT]] = [_Waiting((item,), loop.create_future()) for item in items]
        self._queue.extend(together)
        self._signal()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timeout_seconds):
                await asyncio.gather(*(waiting.answered for waiting in together), return_exceptions=True)
        return [waiting.result for waiting in together]

    @asynccontextmanager
    async def running(self, dependencies: DependenciesT) -> AsyncIterator[None]:
        """Flush while the block runs, and what is queued when it ends; `commit` gets the dependencies."""
        signals = (self._one_is_queued, self._many_are_queued)
        flushers = [asyncio.create_task(self._flush_upon(signal, dependencies)) for signal in signals]
        try:
            yield
        finally:
            self._closed = True
            self._signal()
            await asyncio.gather(*flushers)

    def _queued(self, items: Sequence[ItemT]) -> asyncio.Future[Sequence[AnswerT]]:
        if self.is_full:
            raise NotCommitted
        loop = asyncio.get_running_loop()
        waiting: _Waiting[ItemT, AnswerT] = _Waiting(items, loop.create_future())
        self._queue.append(waiting)
        self._signal()
        self._start_timeout(loop, waiting)
        return waiting.answered

    def _start_timeout(self, loop: asyncio.AbstractEventLoop, waiting: _Waiting[ItemT, AnswerT]) -> None:
        """One timer for all: items time out in the order in which they came."""
        self._times_out_at.append((loop.time() + self._timeout_seconds, waiting))
        while self._times_out_at[0][1].answered.done():  # ends at the one that was added
            self._times_out_at.popleft()
        if self._timer is None:
            self._timer = loop.call_at(self._times_out_at[0][0], self._time_out, loop)

    def _time_out(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        while self._times_out_at:
            deadline, waiting = self._times_out_at[0]
            if deadline > loop.time() and not waiting.answered.done():
                self._timer = loop.call_at(deadline, self._time_out, loop)
                return
            self._times_out_at.popleft()
            waiting.refuse(NotCommitted())

    def _signal(self) -> None:
        """Wake the flushers that are needed; at the end both, so that they find nothing left and stop."""
        wakes = ((self._one_is_queued, 1), (self._many_are_queued, self._second_flusher_from))
        for signal, enough in wakes:
            if self._closed or len(self._queue) >= enough:
                signal.set()
            else:
                signal.clear()

    async def _flush_upon(self, signal: asyncio.Event, dependencies: DependenciesT) -> None:
        while self._queue or not self._closed:
            await signal.wait()
            for _ in range(COLLECTING_TURNS):
                if len(self._queue) >= COLLECTING_LIMIT:
                    break
                await asyncio.sleep(0)
            batch = self._next_batch()
            self._signal()
            if batch:
                await self._flush(dependencies, batch)

    def _next_batch(self) -> list[_Waiting[ItemT, AnswerT]]:
        batch: list[_Waiting[ItemT, AnswerT]] = []
        size = 0
        while self._queue and size < self._batch_limit:
            batch.append(self._queue.popleft())
            size += len(batch[-1].items)
        return batch

    async def _flush(self, dependencies: DependenciesT, batch: Sequence[_Waiting[ItemT, AnswerT]]) -> None:
        items = [item for waiting in batch for item in waiting.items]
        try:
            answers = await self._commit(dependencies, items)
        except Exception as error:  # noqa: BLE001 - an edge: the flusher survives whatever an item does
            await self._fail(dependencies, batch, error)
        else:
            begin = 0
            for waiting in batch:
                end = begin + len(waiting.items)
                waiting.answer(answers[begin:end])
                begin = end

    async def _fail(
        self, dependencies: DependenciesT, batch: Sequence[_Waiting[ItemT, AnswerT]], error: Exception
    ) -> None:
        if isinstance(error, NotCommitted) or is_transient(error):
            for waiting in batch:
                waiting.refuse(NotCommitted())
        elif len(batch) == 1:
            batch[0].refuse(error)
        else:
            middle = len(batch) // 2
            await self._flush(dependencies, batch[:middle])
            await self._flush(dependencies, batch[middle:])
