"""Starts the supervisor in the background, waits until it is ready, and stops it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.supervision.children import kill_family
from deploy.local.supervision.run import end_leftovers
from deploy.local.supervision.state import State, is_supervised, process_of, read_state, write_state

LOOK_SECONDS = 0.1
STOP_WITHIN_SECONDS = 90.0


def start_detached(folder: Path, arguments: list[str], *, watch: Callable[[State], None]) -> State:
    """Start a supervisor that outlives this process; return when everything is ready.

    `arguments` are Python's. Raises StackError with what the supervisor could not start.
    """
    log = folder / "supervisor.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while process.poll() is None:
            state = read_state(folder)
            if state.pid == process.pid:
                watch(state)
                if state.state == "ready":
                    # Let go of it, without the warning for a forgotten child: it is meant to outlive us.
                    process.returncode = 0
                    return state
            time.sleep(LOOK_SECONDS)
    except BaseException:
        # Waiting was given up: a stack that is half started is stopped.
        process.terminate()
        process.wait()
        raise
    state = read_state(folder)
    said = log.read_text().strip().splitlines()
    if state.pid == process.pid and state.message:
        raise StackError(state.message)
    raise StackError(said[-1] if said else f"the supervisor ended with exit code {process.returncode}")


def stop(folder: Path, *, within_seconds: float = STOP_WITHIN_SECONDS) -> bool:
    """Stop the supervisor and all it runs; False when none ran."""
    state = read_state(folder)
    process = process_of(state.pid, state.started) if is_supervised(folder) else None
    if process is not None:
        process.terminate()
        deadline = time.monotonic() + within_seconds
        while is_supervised(folder):
            if time.monotonic() > deadline:
                kill_family(process.pid)
                break
            time.sleep(LOOK_SECONDS)
    end_leftovers(folder)
    if process is None and state.records and state.state != "failed":
        state.state = "stopped"
        write_state(folder, state)
    return process is not None
