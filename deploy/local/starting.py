"""Starts the stack for a command, and prints that it is ready."""

import asyncio
import json
import threading
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from deploy.local.errors import StackError
from deploy.local.machine import check_machine
from deploy.local.screen import Progress, key_panel, parts_table
from deploy.local.stack.addresses import Addresses
from deploy.local.stack.credentials import ensure_credentials, mark_shown, read_credentials
from deploy.local.stack.operator_key import make_demo_key
from deploy.local.stack.plan import migration_steps
from deploy.local.status import describe
from deploy.local.supervision.control import start_detached
from deploy.local.supervision.run import local_plan, run_stack
from deploy.local.supervision.state import State, is_supervised, port_of, read_state


def in_background(folder: Path, *, traces: bool, as_json: bool) -> None:
    """Start a supervisor that outlives this process; return when everything is ready."""
    operator_key = _new_operator_key(folder)
    arguments = ["-m", "deploy.local.supervision.supervise", *(["--traces"] if traces else [])]
    with Progress(Console(stderr=True)) as progress:
        state = start_detached(folder, arguments, watch=progress.show)
        _make_demo_key(folder, state, operator_key)
    _announce(folder, state, operator_key, as_json=as_json)


def in_foreground(folder: Path, *, traces: bool, as_json: bool) -> None:
    """Be the supervisor, until Ctrl-C."""
    operator_key = _new_operator_key(folder)
    console = Console(stderr=True)
    announced = threading.Event()
    with Progress(console) as progress:

        def announce(state: State) -> None:
            _make_demo_key(folder, state, operator_key)
            progress.end()
            _announce(folder, state, operator_key, as_json=as_json)
            console.print("Ctrl-C stops it.")

        def watch(state: State) -> None:
            if state.state == "ready" and not announced.is_set():
                announced.set()
                # In a thread: the supervisor must go on watching while admission is asked for a key.
                threading.Thread(target=announce, args=(state,), daemon=True).start()
            elif not announced.is_set():
                progress.show(state)

        run_stack(folder, partial(local_plan, traces=traces), watch=watch)
    console.print("Relais has stopped.")


def migrate_running(folder: Path) -> None:
    """Bring every database of the running stack to its newest revision."""
    credentials = read_credentials(folder)
    if credentials is None or not is_supervised(folder):
        raise StackError("Relais is not running; `relais up` migrates by itself")
    port = port_of(read_state(folder), "postgresql")
    addresses = Addresses(ports={"postgresql": port}, notes={})
    for step in migration_steps(addresses, credentials, logs=folder / "logs"):
        asyncio.run(step.run())  # type: ignore[arg-type]


def _new_operator_key(folder: Path) -> str | None:
    check_machine(folder)
    if is_supervised(folder):
        raise StackError(f"Relais already runs here (process {read_state(folder).pid}): see `relais status`")
    return ensure_credentials(folder)[1]


def _make_demo_key(folder: Path, state: State, operator_key: str | None) -> None:
    if operator_key is not None:
        make_demo_key(folder, operator_key=operator_key, admission_port=port_of(state, "admission-api"))


def _announce(folder: Path, state: State, operator_key: str | None, *, as_json: bool) -> None:
    document = describe(state, folder)
    if as_json:
        typer.echo(json.dumps({**document, "operator_key": operator_key}, indent=2))
    else:
        console = Console()
        console.print(parts_table(document))
        if operator_key is not None:
            console.print(key_panel(operator_key))
    mark_shown(folder)
