"""`relais rebuild`: rebuilds a service's projection from the ledgers, in its worker's environment.

It works on the service's own database, so it runs as the service: here as a process beside the local stack,
elsewhere as the same command in a container of the service (`docs/runbooks/rebuild.md`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from deploy.local.errors import StackError
from deploy.local.places import state_folder
from deploy.local.stack.running_environment import running_environment
from deploy.operator.options import AsJson
from deploy.operator.rebuild_screen import Progress, result_table

Projected = Literal["pathway", "notifications", "indicators"]


def rebuild(
    service: Annotated[Projected, typer.Argument(help="Whose projection.")],
    *,
    compare: Annotated[bool, typer.Option("--compare", help="Only compare; the live one stays.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Bring the earlier projection back.")] = False,
    drop_previous: Annotated[bool, typer.Option("--drop-previous", help="End the way back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Rebuild a projection from the ledgers, compare it with the live one, and put it in its place."""
    chosen = {"--compare": compare, "--undo": undo, "--drop-previous": drop_previous}
    options = [option for option, is_chosen in chosen.items() if is_chosen]
    if len(options) > 1:
        raise StackError(f"{' and '.join(options)} exclude each other")
    result = _run(service, options)
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    else:
        Console().print(result_table(result))


def _run(service: str, options: list[str]) -> dict[str, Any]:
    last: dict[str, Any] = {"step": "began"}
    with Progress(Console(stderr=True)) as progress, _process(service, options) as lines:
        for line in lines:
            last = json.loads(line)
            progress.show(last)
    if last["step"] != "done":
        why = last.get("why", f"it was ended at the step {last['step']!r}")
        raise StackError(f"the rebuild of {service} did not come to its end: {why}")
    return {name: value for name, value in last.items() if name != "step"}


@contextmanager
def _process(service: str, options: list[str]) -> Iterator[Iterator[str]]:
    """The output lines of the service's own command, which ends with this process."""
    process = subprocess.Popen(  # noqa: S603 - this program, with one of three names
        [sys.executable, "-m", f"services.{service}.rebuild", *options],
        env={**os.environ, **running_environment(state_folder(), service)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield iter(process.stdout or ())
        process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
