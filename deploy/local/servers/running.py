"""Runs one server without the supervisor, for tests: start, stop, kill, start again."""

import signal
import subprocess
import time
from pathlib import Path
from typing import Protocol

from deploy.local.errors import StackError
from deploy.local.supervision.children import kill_family, start_child, stop_child

POLL_SECONDS = 0.05


class Server(Protocol):
    """What PostgresServer and KafkaServer have in common."""

    @property
    def port(self) -> int:
        """Where it listens."""

    def command(self) -> list[str]:
        """Its leashed command line."""

    def is_ready(self) -> bool:
        """Whether it can be used."""


class RunningServer:
    """A server as a child of this process, dying with it."""

    def __init__(self, server: Server, *, log: Path, stop_signal: signal.Signals) -> None:
        self.server = server
        self.log = log
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        if self._process is None:
            raise StackError("the server is not running")
        return self._process.pid

    def start(self, *, within_seconds: float = 300) -> None:
        """Start it and return when it is ready."""
        self._process = start_child(self.server.command(), log=self.log)
        deadline = time.monotonic() + within_seconds
        while not self.server.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise StackError(f"a server did not become ready: {self.log.read_text()[-1000:]}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop it cleanly."""
        if self._process is not None:
            stop_child(self._process, with_signal=self._stop_signal)
            self._process = None

    def kill(self) -> None:
        """End it immediately, as a power cut would."""
        if self._process is not None:
            kill_family(self._process.pid)
            self._process.wait()
            self._process = None
