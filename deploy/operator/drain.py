"""`relais drain`: pauses the intake and waits until everything accepted is applied by every service.

The services are asked in the direction of the data flow, each first for unapplied and then for unsent
events, so that no event is missed while it passes from one service to the next. Two empty rounds are
required, because periodic duties publish too, and a request may have been in flight when the intake was
paused. Then the services compare themselves with the ledgers, because a lost log looks like one that was
read to its end.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.local.errors import StackError
from deploy.operator.options import AsJson, Because, By
from deploy.operator.platform import SERVICES, Platform, open_platform
from deploy.operator.reconcile import a_week_ago, events

ROUND_SECONDS = 1.0
"""Longer than a pause takes to be noticed by every process."""
ROUNDS_WITHOUT_WORK = 2
NOT_SURE = "the last look found nothing, but one look proves nothing: allow it more time"

Statuses = Mapping[str, Mapping[str, Any]]


def drain(
    *,
    because: Because,
    by: By,
    within: Annotated[float, typer.Option(help="Give up after so many seconds.")] = 120.0,
    as_json: AsJson = False,
) -> None:
    """Stop the intake and wait until everything accepted is applied; `relais resume` lets it go on."""
    platform, console = open_platform(), Console(stderr=True)
    platform.call("PUT", "admission", "/v1/pauses/intake", body={"by": by, "because": because})
    began = time.monotonic()
    statuses, left = _until_nothing_is_left(
        platform, until=began + within, say=lambda text: console.print(text, markup=False)
    )
    seconds = round(time.monotonic() - began, 1)
    parked = {service: status.get("parked", 0) for service, status in statuses.items()}
    if as_json:
        document = {"drained": not left, "seconds": seconds, "left": left, "parked": parked}
        typer.echo(json.dumps(document, indent=2))
    else:
        _tell(left, parked, seconds)
    if left:
        raise typer.Exit(1)


def left_in(statuses: Statuses) -> list[str]:
    """What is not sent or applied yet, and the pauses that prevent it."""
    left: list[str] = []
    for service, status in statuses.items():
        if "error" in status:
            left.append(status["error"])
            continue
        if status["unapplied"] is None:
            left.append(f"{service} cannot tell what it has not applied: the broker does not answer")
        for topic, count in (status["unapplied"] or {}).items():
            left += [f"{service} has not applied {count} records of {topic}"] if count else []
        if status["unsent"]:
            left.append(f"{service} has not sent {status['unsent']} events")
    held = [
        f"{pause['part']} of {service} is paused ({pause['because']})"
        for service, status in statuses.items()
        for pause in status.get("pauses", [])
        if pause["part"] in {"consumer", "relay"}
    ]
    return [*left, *held] if left else []


def lacking_in(reports: Mapping[str, Any]) -> list[str]:
    """Events of the ledgers that were neither applied nor parked, and comparisons that failed."""
    left: list[str] = []
    for service, report in reports.items():
        for each in report["publishers"]:
            if each["state"] != "compared":
                left.append(f"{service} cannot be compared with {each['publisher']} ({each['state']})")
            not_held = sum(line["pending"] + line["missing"] for line in each["accounts"])
            if not_held:
                left.append(
                    f"{service} lacks {not_held} events of {each['publisher']}: its worker pulls them"
                )
    return left


def _until_nothing_is_left(
    platform: Platform, *, until: float, say: Callable[[str], None]
) -> tuple[Statuses, list[str]]:
    rounds, said = 0, ""
    while True:
        time.sleep(ROUND_SECONDS)
        statuses = {service: _status(platform, service) for service in SERVICES}
        left = left_in(statuses)
        rounds = 0 if left else rounds + 1
        if rounds == ROUNDS_WITHOUT_WORK:
            if not (left := _lacking(platform)):
                return statuses, []
            rounds = 0
        if time.monotonic() > until:
            return statuses, left or [NOT_SURE]
        if left and "; ".join(left) != said:
            said = "; ".join(left)
            say(said)


def _lacking(platform: Platform) -> list[str]:
    try:
        return lacking_in(events(platform, a_week_ago()))
    except StackError as error:
        return [str(error)]


def _status(platform: Platform, service: str) -> Mapping[str, Any]:
    """A service's answer, or an `error`: it may be reachable again before the time is up."""
    try:
        status: Mapping[str, Any] = platform.get(service, "/v1/operations", {"unapplied": "true"})
    except StackError as error:
        return {"error": str(error)}
    return status


def _tell(left: list[str], parked: Mapping[str, int], seconds: float) -> None:
    console = Console()
    if left:
        console.print(f"Not drained after {seconds} s:", *left, sep="\n- ", markup=False)
        console.print("The intake stays paused; `relais resume` lets it go on.", markup=False)
    else:
        console.print(f"Drained in {seconds} s: what was accepted is applied everywhere.")
    waiting = [f"{service} {count}" for service, count in parked.items() if count]
    if waiting:
        console.print(f"Parked, and not applied: {', '.join(waiting)}. See `relais parked list`.")
