"""Keeps one part running: starts it, watches it, starts it again when it dies, stops it."""

import asyncio
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.errors import StackError
from deploy.local.ports import listens
from deploy.local.stack.parts import Part
from deploy.local.supervision.children import kill_family, start_child
from deploy.local.supervision.diagnosis import log_size, why_it_ended
from deploy.local.supervision.ending import ends
from deploy.local.supervision.state import Record

LOG_BYTES = 20_000_000


@dataclass(frozen=True)
class Pace:
    """How often to look and how long to wait."""

    look_seconds: float = 0.1
    ask_seconds: float = 5.0
    ready_within_seconds: float = 180.0
    stop_within_seconds: float = 15.0
    first_pause_seconds: float = 0.5
    longest_pause_seconds: float = 30.0
    steady_after_seconds: float = 60.0
    """After so long without dying, a part is trusted again: its next restart is prompt."""


class Keeper:
    """One part and its process."""

    def __init__(
        self, part: Part, record: Record, *, log: Path, changed: Callable[[], None], pace: Pace
    ) -> None:
        self.part = part
        self._record = record
        self._log = log
        self._changed = changed
        self._pace = pace
        self._log_start = 0
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start the process and return when it is ready.

        Raises:
            StackError: it ended, or was not ready in time; then it has been killed.
        """
        if self._record.state != "restarting":
            self._set("starting")
        self._log_start = _new_page(self._log)
        # In a thread, for what the command may have to check. Not the start itself: a child on a leash dies
        # with the thread that started it.
        command = await asyncio.to_thread(self.part.command)
        self._process = start_child(command, log=self._log, environment=self.part.environment)
        self._record.pid, self._record.started = self._process.pid, _started(self._process.pid)
        self._changed()
        deadline = time.monotonic() + self._pace.ready_within_seconds
        while not await asyncio.to_thread(self._is_ready, self._process.pid):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise self._lost()
            await asyncio.sleep(self._pace.look_seconds)
        self._record.note = self.part.note
        self._set("ready")

    def _is_ready(self, pid: int) -> bool:
        """Ready, and it is ours that says so: not a stranger's server that took the port before our child."""
        port = self.part.port
        return self.part.is_ready() and (port is None or listens(pid, port))

    async def keep(self) -> None:
        """Start it again whenever it dies, with growing pauses. Never returns."""
        pause = self._pace.first_pause_seconds
        while True:
            began = time.monotonic()
            await self._until_it_ends()
            if time.monotonic() - began > self._pace.steady_after_seconds:
                pause = self._pace.first_pause_seconds
            self._record.note = str(self._lost())
            self._record.restarts += 1
            self._set("restarting")
            while True:
                await asyncio.sleep(pause)
                pause = min(2 * pause, self._pace.longest_pause_seconds)
                try:
                    await self.start()
                    break
                except StackError as error:
                    self._record.note = str(error)
                    self._record.restarts += 1
                    self._changed()

    async def _until_it_ends(self) -> None:
        while self._process is not None:
            if await ends(self._process, within_seconds=self._pace.ask_seconds):
                return
            ready = await asyncio.to_thread(self.part.is_ready)
            self._set("ready" if ready else "not answering")

    async def stop(self) -> None:
        """Ask it to end; kill it when it does not within the bound."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(self.part.stop_signal)
            await ends(self._process, within_seconds=self._pace.stop_within_seconds)
            self._end()
        self._set("stopped")

    def _lost(self) -> StackError:
        exit_code = self._process.poll() if self._process is not None else None
        self._end()
        return why_it_ended(self.part.name, exit_code, self._log, since=self._log_start)

    def _end(self) -> None:
        if self._process is not None:
            kill_family(self._process.pid)
            self._process.wait()
        self._process = self._record.pid = self._record.started = None

    def _set(self, state: str) -> None:
        if self._record.state != state:
            self._record.state = state
            self._changed()


def _new_page(log: Path) -> int:
    """Where the next process will write in the log; a long one is put away first."""
    size = log_size(log)
    if size <= LOG_BYTES:
        return size
    log.replace(log.with_suffix(".log.old"))
    return 0


def _started(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None
