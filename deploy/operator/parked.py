"""`relais parked`: lists, shows, retries and dismisses parked events."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.operator.options import CONSUMERS, AsJson, Because, By, Consumer
from deploy.operator.parked_retry import retry_matching, retry_some
from deploy.operator.parked_screen import content_of, listed, retried
from deploy.operator.platform import open_platform

STILL_PARKED = 1
"""Exit code of a retry that left events parked."""

commands = typer.Typer(no_args_is_help=True, help="Events that are wrong and wait for a person.")

OneService = Annotated[Consumer, typer.Argument(help="The service that parked it.")]
Reason = Annotated[str | None, typer.Option(help="Only those parked for this reason.")]
Publisher = Annotated[str | None, typer.Option(help="Only those of this publisher.")]


@commands.command(name="list")
def list_parked(
    service: Annotated[Consumer | None, typer.Argument(help="All of them without.")] = None,
    *,
    state: Annotated[str, typer.Option(help="parked, applied, dismissed or all.")] = "parked",
    reason: Reason = None,
    publisher: Publisher = None,
    limit: Annotated[int, typer.Option(help="How many of each service.")] = 100,
    after: Annotated[int, typer.Option(help="Go on after this one.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Which events are parked, why, and where they came from."""
    platform = open_platform()
    asked = {"state": state, "reason": reason, "publisher": publisher, "limit": limit, "after": after}
    query = {name: value for name, value in asked.items() if value is not None}
    pages: dict[str, Any] = {
        each: platform.get(each, "/v1/parked", query) for each in ([service] if service else CONSUMERS)
    }
    if as_json:
        typer.echo(json.dumps(pages, indent=2))
    else:
        Console().print(listed(pages))


@commands.command()
def show(
    service: OneService,
    parked_id: int,
    *,
    reveal: Annotated[bool, typer.Option(help="With its content; this is recorded as an access.")] = False,
    as_json: AsJson = False,
) -> None:
    """One event, and what waits behind it."""
    shown = open_platform().get(service, f"/v1/parked/{parked_id}", {"reveal": str(reveal).lower()})
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
    else:
        Console().print(content_of(shown))


@commands.command()
def retry(
    service: OneService,
    parked_ids: Annotated[list[int] | None, typer.Argument(help="These, and what waits behind them.")] = None,
    *,
    by: By,
    because: Annotated[str | None, typer.Option(help="What was repaired.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are parked.")] = False,
    reason: Reason = None,
    publisher: Publisher = None,
    rate: Annotated[float, typer.Option(help="So many a second.")] = 50.0,
    stop_after: Annotated[int, typer.Option(help="Stop when so many are still wrong.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Apply events after all, each person's in their order; Ctrl-C stops between two chunks."""
    platform, console = open_platform(), Console(stderr=True)
    author: dict[str, Any] = {"by": by, **({"because": because} if because else {})}
    if parked_ids:
        result = retry_some(platform, service, parked_ids, author)
    elif everything or reason or publisher:
        filters = {"reason": reason, "publisher": publisher, "rate_per_second": rate}
        result = retry_matching(
            platform, service, {**author, **filters}, stop_after=stop_after, say=console.print
        )
    else:
        raise typer.BadParameter("say which: numbers, --reason, --publisher or --all")
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    else:
        Console().print(retried(result))
    if result["still_parked"]:
        raise typer.Exit(STILL_PARKED)


@commands.command()
def dismiss(
    service: OneService,
    parked_ids: list[int],
    *,
    by: Annotated[str, typer.Option("--by", help="Who decides so.")],
    because: Because,
    as_json: AsJson = False,
) -> None:
    """Decide that events are not to be applied here; they stay visible, with your name and reason."""
    platform = open_platform()
    done: list[dict[str, Any]] = []
    try:
        for each in parked_ids:
            answer = platform.post(service, f"/v1/parked/{each}/dismiss", {"by": by, "because": because})
            done.append(answer)
            if not as_json:
                Console().print(f"{answer['parked_id']} is dismissed.", *answer["follows"])
    finally:
        # Also when one is refused: those before it stay dismissed.
        if as_json:
            typer.echo(json.dumps(done, indent=2))
