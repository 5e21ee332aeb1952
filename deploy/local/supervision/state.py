"""The running stack as seen from outside: its state file and the supervisor's lock."""

import fcntl
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from deploy.local.errors import StackError

STATE_FILE, LOCK_FILE = "state.json", "supervisor.lock"
START_TOLERANCE_SECONDS = 1.0
LOCK_TRIES, LOCK_PAUSE_SECONDS = 20, 0.05


@dataclass
class Record:
    """A part or step as last seen by the supervisor."""

    name: str
    kind: str
    state: str = "waiting"
    """waiting, starting, ready, not answering, restarting, stopped; a step: waiting, running, done."""
    url: str = ""
    operations: str = ""
    note: str = ""
    pid: int | None = None
    started: float | None = None
    """When the process started, by the kernel: with the pid it names the process also after a reboot."""
    restarts: int = 0


@dataclass
class State:
    """The stack as last seen by the supervisor."""

    state: str = "stopped"
    """starting, ready, stopping, stopped, failed."""
    message: str = ""
    pid: int | None = None
    started: float | None = None
    since: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    records: list[Record] = field(default_factory=list)


def write_state(folder: Path, state: State) -> None:
    """Replace the state file, whole or not at all."""
    unfinished = folder / f"{STATE_FILE}.new"
    unfinished.write_text(json.dumps(asdict(state), indent=2))
    unfinished.replace(folder / STATE_FILE)


def read_state(folder: Path) -> State:
    """What the supervisor wrote last; without a supervisor the stack is stopped, whatever it wrote."""
    try:
        found = json.loads((folder / STATE_FILE).read_text())
    except FileNotFoundError:
        return State()
    state = State(**{**found, "records": [Record(**record) for record in found["records"]]})
    if state.state != "failed" and not is_supervised(folder):
        state.state = "stopped"
    return state


def port_of(state: State, name: str) -> int:
    """Where a part listens.

    Raises:
        StackError: no such part has been started.
    """
    for record in state.records:
        port = urlsplit(record.url).port
        if record.name == name and port is not None:
            return port
    raise StackError(f"{name} is not running")


def process_of(pid: int | None, started: float | None) -> psutil.Process | None:
    """The very process that was recorded, if it still runs; another one under its number is not it."""
    if pid is None or started is None:
        return None
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < START_TOLERANCE_SECONDS
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None


def is_supervised(folder: Path) -> bool:
    """Whether a supervisor holds the lock, which the kernel takes back however the process ends."""
    try:
        with (folder / LOCK_FILE).open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def supervising(folder: Path) -> Iterator[None]:
    """Hold the lock; only one supervisor per state folder."""
    with (folder / LOCK_FILE).open("wb") as handle:
        # is_supervised() holds the lock for a moment too: only one that lasts is a supervisor's.
        for _ in range(LOCK_TRIES):
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            time.sleep(LOCK_PAUSE_SECONDS)
        else:
            running = read_state(folder).pid
            raise StackError(f"Relais already runs here (process {running}): see `relais status`")
        yield
