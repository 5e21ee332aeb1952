"""`relais reconcile`: reports whether every event and every obligation is accounted for."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from deploy.operator.options import AsJson
from deploy.operator.platform import SERVICES, Platform, open_platform
from deploy.operator.reconcile_screen import shown

INCIDENT: Final = 1
"""Exit code when anything is unexplained, or anybody was told without being entitled."""
USUAL_DAYS: Final = 7
_TIMEOUT_SECONDS: Final = 300.0


def reconcile(
    *,
    since: Annotated[str | None, typer.Option(help="The first day, such as 2026-03-01; a week ago.")] = None,
    recount: Annotated[
        bool, typer.Option(help="Count everything again, also what was found equal before; may take long.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare what every service holds with what was published, and what was told with what had to be."""
    first = _day(since) if since else a_week_ago()
    answer = ask(open_platform(), first, datetime.now(UTC).date(), recount=recount)
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
    else:
        Console().print(shown(answer))
    if answer["unexplained"] or answer["told_without_right"]:
        raise typer.Exit(INCIDENT)


def ask(platform: Platform, since: date, until: date, *, recount: bool) -> dict[str, Any]:
    """What every service reports; `unexplained` also counts every publisher that was not compared.

    `told_without_right` is counted apart: nothing is missing, and it is an incident all the same.
    """
    services = events(platform, since, recount=recount)
    days = {"since": since.isoformat(), "until": until.isoformat()}
    obligations = platform.get("notifications", "/v1/reconciliation/obligations", days)
    publishers = [each for report in services.values() for each in report["publishers"]]
    return {
        "unexplained": sum(each["unexplained"] + (each["state"] != "compared") for each in publishers)
        + sum(each["unexplained"] for each in obligations["tallies"]),
        "told_without_right": sum(each["told_without_right"] for each in obligations["tallies"]),
        "services": services,
        "obligations": obligations,
    }


def events(platform: Platform, since: date, *, recount: bool = False) -> dict[str, Any]:
    """Service -> its counts of events."""
    query = {"since": since.isoformat(), "recount": str(recount).lower()}

    def of(service: str) -> Any:
        return platform.call(
            "GET", service, "/v1/reconciliation", query=query, timeout_seconds=_TIMEOUT_SECONDS
        )

    with ThreadPoolExecutor(len(SERVICES)) as threads:
        return dict(zip(SERVICES, threads.map(of, SERVICES), strict=True))


def a_week_ago() -> date:
    """The first day when none is given."""
    return datetime.now(UTC).date() - timedelta(days=USUAL_DAYS - 1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("--since is a day, such as 2026-03-01") from None
