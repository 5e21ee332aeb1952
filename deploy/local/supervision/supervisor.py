"""Starts and stops the parts in order, and stops everything when one cannot start."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.local.stack.parts import Part, Plan, Step, levels
from deploy.local.supervision.keeper import Keeper, Pace
from deploy.local.supervision.state import Record, State


class Supervisor:
    """The one process that starts, watches and stops all others."""

    def __init__(
        self, plan: Plan, state: State, *, logs: Path, changed: Callable[[], None], pace: Pace | None = None
    ) -> None:
        self._plan = plan
        self._state = state
        self._changed = changed
        self._done = {each.name: asyncio.Event() for each in plan}
        self._records = {each.name: _record(each) for each in plan}
        state.records = list(self._records.values())
        self._keepers = {
            part.name: Keeper(
                part,
                self._records[part.name],
                log=logs / f"{part.name}.log",
                changed=changed,
                pace=pace or Pace(),
            )
            for part in plan
            if isinstance(part, Part)
        }

    async def run(self, stop: asyncio.Event) -> None:
        """Start everything, keep it running until `stop` is set, stop everything: also when a start fails.

        Raises:
            StackError: what could not start, after all that did start has been stopped.
        """
        try:
            await _unless(stop, self._start_all())
            if not stop.is_set():
                self._say("ready")
                await _unless(stop, self._keep_all())
        finally:
            self._say("stopping")
            await self._stop_all()

    async def _start_all(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for each in self._plan:
                    group.create_task(self._start(each))
        except ExceptionGroup as errors:
            # The first to fail; it made the group give up the others.
            raise errors.exceptions[0] from None

    async def _start(self, each: Part | Step) -> None:
        for name in each.after:
            await self._done[name].wait()
        if isinstance(each, Part):
            await self._keepers[each.name].start()
        else:
            record = self._records[each.name]
            record.state = "running"
            self._changed()
            await each.run()
            record.state = "done"
            self._changed()
        self._done[each.name].set()

    async def _keep_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for keeper in self._keepers.values():
                group.create_task(keeper.keep())

    async def _stop_all(self) -> None:
        heights = levels(self._plan)
        for height in sorted({heights[name] for name in self._keepers}, reverse=True):
            await asyncio.gather(
                *(keeper.stop() for name, keeper in self._keepers.items() if heights[name] == height)
            )

    def _say(self, state: str) -> None:
        self._state.state = state
        self._changed()


def _record(each: Part | Step) -> Record:
    if isinstance(each, Part):
        return Record(name=each.name, kind="part", url=each.url, operations=each.operations, note=each.note)
    return Record(name=each.name, kind="step")


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Do the work, or give it up when `stop` is set."""
    task = asyncio.create_task(work)
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
    finally:
        stopped.cancel()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
