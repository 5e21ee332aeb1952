"""The command `relais`: what a user can ask of the stack of this machine, and of any platform."""

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import psutil
import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from deploy.local import logs, starting
from deploy.local.errors import StackError
from deploy.local.ownership import not_permitted
from deploy.local.places import state_folder
from deploy.local.removal import check_removable, remove_state
from deploy.local.screen import key_panel, parts_table
from deploy.local.spelling import as_typed
from deploy.local.stack.operator_key import check_replaceable, replace_operator_key
from deploy.local.status import DISK_FULL, status_document
from deploy.local.supervision import control
from deploy.local.supervision.state import is_supervised
from deploy.operator.commands import register
from deploy.operator.options import AsJson
from deploy.operator.service_status import remarks, statuses
from shared.runtime.version import VERSION

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

NOT_RUNNING = 3
"""Exit code of `relais status` when nothing runs, as service scripts have it."""


class OneSentence(TyperGroup):
    """A StackError is one sentence and exit code 1, never a traceback."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run the command."""
        try:
            return super().invoke(ctx)
        except StackError as error:
            _fail(str(error))
        except PermissionError as error:
            _fail(not_permitted(Path(error.filename)) if error.filename else str(error))
        except psutil.AccessDenied as error:
            _fail(f"process {error.pid} belongs to another account, who alone can stop it")


def _fail(sentence: str) -> NoReturn:
    Console(stderr=True).print(
        f"[red]relais:[/] {escape(as_typed(sentence))}", highlight=False, soft_wrap=True
    )
    raise typer.Exit(1) from None


def _agrees(question: str) -> bool:
    """Ask; that the answer is no is no error, of the command or of the `make` that called it."""
    agrees = typer.confirm(question)
    if not agrees:
        typer.echo("Nothing was changed.")
    return agrees


app = typer.Typer(
    cls=OneSentence,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"relais {VERSION}")
        raise typer.Exit


@app.callback()
def relais(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Relais on this machine: patient pathways without gaps."""


@app.command()
def up(
    *,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when everything is ready.")] = False,
    traces: Annotated[bool, typer.Option(help="Start Zipkin too and record every trace.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start the whole platform; Ctrl-C stops it."""
    start = starting.in_background if detach else starting.in_foreground
    start(state_folder(), traces=traces, as_json=as_json)


@app.command()
def down() -> None:
    """Stop it; the data stays."""
    stopped = control.stop(state_folder())
    typer.echo("Relais has stopped." if stopped else "Relais was not running.")


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show what runs where, and what waits for a person."""
    document = status_document(state_folder())
    document["services"] = statuses() if document["state"] == "ready" else {}
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    else:
        Console().print(parts_table(document))
        for remark in remarks(document["services"]):
            Console().print(remark, style="yellow", markup=False, highlight=False)
    if document["state"] in {"stopped", "failed"}:
        raise typer.Exit(NOT_RUNNING)
    if document["state"] == DISK_FULL:
        raise typer.Exit(1)


@app.command(name="logs")
def show_logs(
    part: Annotated[str | None, typer.Argument(help="A part's name; all of them without.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many of the last lines.")] = 50,
) -> None:
    """Show what the parts say."""
    logs.show(state_folder() / "logs", part, lines=lines, follow=follow)


@app.command()
def demo() -> None:
    """Play a realistic day on it, and show where to look; starts it when it does not run."""
    from deploy.local.demo.here import play_here  # noqa: PLC0415 - its imports would slow every other command

    play_here(state_folder())


@app.command(name="operator-key")
def operator_key(*, yes: Yes = False) -> None:
    """Make a new operator's key, shown this once, and end the earlier one: for a key that was lost."""
    folder = state_folder()
    check_replaceable(folder)
    if yes or _agrees("End the present operator's key and make a new one?"):
        Console().print(key_panel(replace_operator_key(folder)))


@app.command()
def migrate() -> None:
    """Migrate the databases of the running platform."""
    starting.migrate_running(state_folder())
    Console().print("Every database is at its newest revision.")


@app.command()
def reset(*, yes: Yes = False) -> None:
    """Remove all its state: data, keys and logs. Fetched programs stay."""
    folder = state_folder()
    running = " It is running and will be stopped." if is_supervised(folder) else ""
    if not yes and not _agrees(f"Remove all data, keys and logs in {folder}?{running}"):
        return
    check_removable(folder)
    control.stop(folder)
    remove_state(folder)
    Console().print(f"Removed what was in {folder}.")


register(app)

if __name__ == "__main__":
    app()
