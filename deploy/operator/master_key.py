"""`relais master-key`: gives each service that seals another master key, and wraps persons' keys under it.

It works on the services' own databases and keys: here on the stack of this machine, elsewhere by the settings
and `python -m services.<service>.rewrap` in a container of the service (docs/operating.md).
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import typer

from deploy.local.errors import StackError
from deploy.local.places import state_folder
from deploy.local.stack.credentials import read_credentials, with_new_master_keys, write_credentials
from deploy.local.stack.running_environment import running_environment
from deploy.local.supervision.state import is_supervised

commands = typer.Typer(help="Master keys of the services that seal what is personal.", no_args_is_help=True)


@commands.command()
def rotate() -> None:
    """Make another master key for each service; it wraps what is new from the next start on."""
    folder = state_folder()
    credentials = read_credentials(folder)
    if credentials is None:
        raise StackError("there is no stack here yet: `relais up` makes one, with its keys")
    if is_supervised(folder):
        raise StackError("every process must know the new key before one uses it: `relais down` first")
    write_credentials(folder, with_new_master_keys(credentials))
    typer.echo(
        "The new keys count from the next `relais up` on; then `relais master-key rewrap` ends the old ones."
    )


@commands.command()
def rewrap() -> None:
    """Wrap the keys of all persons under the current master key while everything runs, and end the others."""
    folder = state_folder()
    credentials = read_credentials(folder)
    unreadable: list[str] = []
    for service in () if credentials is None else credentials.master_keys:
        done = _rewrapped(service, running_environment(folder, service))
        typer.echo(f"{service}: {done['rewrapped']} keys are under the current master key now")
        unreadable += [f"{service}.{table} {id_}" for table, ids in done["unreadable"].items() for id_ in ids]
    if credentials is None:
        raise StackError("there is no stack here yet: `relais up` makes one")
    if unreadable:
        typer.echo("\n".join(unreadable))
        raise StackError(
            f"no master key opens these {len(unreadable)} keys; all stay listed (docs/operating.md, "
            '"Another master key")'
        )
    current = {name: keys.partition(",")[0] for name, keys in credentials.master_keys.items()}
    write_credentials(folder, replace(credentials, master_keys=current))


def _rewrapped(service: str, environment: dict[str, str]) -> dict[str, Any]:
    ended = subprocess.run(  # noqa: S603 - this program, with one of two names
        [sys.executable, "-m", f"services.{service}.rewrap"],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if ended.returncode and not ended.stdout:
        raise StackError(f"the keys of {service} could not all be wrapped again; the old master key stays")
    done: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return done
