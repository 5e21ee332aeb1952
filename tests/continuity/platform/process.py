"""A process of the platform: started, and restarted when it dies, unless a fault holds it down."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final, TypedDict

import psutil

from deploy.local.supervision.children import kill_family, start_child
from deploy.local.supervision.ending import ends
from tests.continuity.journal import now

READY_WITHIN_SECONDS: Final = 120.0
STOP_WITHIN_SECONDS: Final = 40.0
LOOK_SECONDS: Final = 0.2


class Death(TypedDict):
    """The exit code of a process that ended unplanned, and when that was noticed."""

    code: int | None
    at: str


class Process:
    """One part of the platform."""

    def __init__(
        self,
        name: str,
        *,
        command: Callable[[], Sequence[str]],
        is_ready: Callable[[], bool],
        log: Path,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.deaths: list[Death] = []
        """The deaths that no fault planned."""
        self._command = command
        self._is_ready = is_ready
        self._log = log
        self._environment = environment
        self._stop_signal = stop_signal
        self._held = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, None while it does not run."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def start(self) -> None:
        """Start it unless it runs; only in the event loop's thread, because a child dies with its thread."""
        if self.pid is None:
            self._process = start_child(self._command(), log=self._log, environment=self._environment)

    async def ready(self, *, within_seconds: float = READY_WITHIN_SECONDS) -> None:
        """Return once it is ready."""
        async with asyncio.timeout(within_seconds):
            while not await asyncio.to_thread(self._is_ready):
                await asyncio.sleep(LOOK_SECONDS)

    async def keep(self) -> None:
        """Restart it whenever it ends unplanned; never returns."""
        while True:
            if self._held or self._process is None:
                await asyncio.sleep(LOOK_SECONDS)
            elif await ends(self._process, within_seconds=1.0) and not self._held:
                self.deaths.append({"code": self._process.returncode, "at": now()})
                await asyncio.sleep(LOOK_SECONDS)
                if not self._held:
                    self.start()

    def hold(self) -> None:
        """Do not restart it until `release`."""
        self._held += 1

    def release(self) -> None:
        """End a `hold`, and start it unless another one holds it."""
        self._held -= 1
        if not self._held:
            self.start()

    @asynccontextmanager
    async def down(self, *, cleanly: bool = False) -> AsyncIterator[None]:
        """Keep it down for as long as the block lasts: killed, or stopped cleanly; then start it."""
        self.hold()
        try:
            await (self.stop() if cleanly else self.kill())
            yield
        finally:
            self.release()

    async def kill(self) -> None:
        """Kill it and all its children."""
        if self._process is not None:
            kill_family(self._process.pid)
            await asyncio.to_thread(self._process.wait)

    async def stop(self) -> None:
        """Ask it to end, and kill it when it does not in time."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(self._stop_signal)
            await ends(self._process, within_seconds=STOP_WITHIN_SECONDS)
            await self.kill()

    async def end(self) -> None:
        """Stop it without a restart."""
        self.hold()
        self.signal(signal.SIGCONT)
        await self.stop()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and all its children."""
        if self.pid is None:
            return
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            family = psutil.Process(self.pid)
            for each in (family, *family.children(recursive=True)):
                os.kill(each.pid, number)
