"""Runs a stack from start to end: one lock, one plan, one state file."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.errors import PortTakenError, StackError
from deploy.local.machine import check_machine
from deploy.local.stack.addresses import keep_addresses
from deploy.local.stack.credentials import read_credentials
from deploy.local.stack.parts import Plan
from deploy.local.stack.plan import stack_plan
from deploy.local.supervision.children import kill_family
from deploy.local.supervision.keeper import Pace
from deploy.local.supervision.state import State, process_of, read_state, supervising, write_state
from deploy.local.supervision.supervisor import Supervisor

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ATTEMPTS = 3
Watch = Callable[[State], None]


@dataclass(frozen=True)
class Folders:
    """The rooms of a state folder."""

    state: Path

    @property
    def data(self) -> Path:
        """What the servers store."""
        return self.state / "data"

    @property
    def logs(self) -> Path:
        """What the parts say."""
        return self.state / "logs"


def local_plan(folders: Folders, *, traces: bool) -> Plan:
    """The plan of the whole local stack on this machine, now."""
    credentials = read_credentials(folders.state)
    if credentials is None:
        raise StackError("there are no credentials yet")
    return stack_plan(
        keep_addresses(folders.state), credentials, data=folders.data, logs=folders.logs, traces=traces
    )


def run_stack(
    folder: Path,
    make_plan: Callable[[Folders], Plan],
    *,
    watch: Watch | None = None,
    pace: Pace | None = None,
) -> None:
    """Run until told to stop by a signal; everything it started has ended when this returns.

    Raises:
        StackError: what could not start; the state file has it too.
    """
    check_machine(folder)
    folders = Folders(folder)
    for room in (folders.data, folders.logs):
        room.mkdir(exist_ok=True, mode=0o711)
    with supervising(folder):
        end_leftovers(folder)
        state = State(state="starting", pid=psutil.Process().pid, started=psutil.Process().create_time())

        def changed() -> None:
            # A full disk must not stop what still runs.
            with suppress(OSError):
                write_state(folder, state)
            if watch is not None:
                watch(state)

        changed()
        try:
            with _recording_failure(state):
                _run_plans(
                    lambda: Supervisor(
                        make_plan(folders), state, logs=folders.logs, changed=changed, pace=pace
                    )
                )
        finally:
            state.state = "failed" if state.message else "stopped"
            changed()


def _run_plans(new_supervisor: Callable[[], Supervisor]) -> None:
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            asyncio.run(_until_signal(new_supervisor()))
            break
        except PortTakenError:
            # A new plan finds the port taken and chooses another one.
            if not attempts_left:
                raise


@contextmanager
def _recording_failure(state: State) -> Iterator[None]:
    """Record in the state why the supervisor failed, and raise it again."""
    try:
        yield
    except StackError as error:
        state.message = str(error)
        raise
    except OSError as error:
        state.message = f"{error.strerror}: {error.filename}"
        raise StackError(state.message) from error
    except BaseException as error:
        state.message = f"a fault of the supervisor itself: {error!r}"
        raise


async def _until_signal(supervisor: Supervisor) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    await supervisor.run(stop)


def end_leftovers(folder: Path) -> None:
    """End what a supervisor that was killed has left running, where the kernel did not do it."""
    for record in read_state(folder).records:
        process = process_of(record.pid, record.started)
        if process is not None:
            kill_family(process.pid)
