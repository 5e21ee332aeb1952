"""Shows the demo to a person: progress, then what happened and where to look at it."""

import asyncio
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from deploy.local.demo import generated, mimic
from deploy.local.demo.journey import Person
from deploy.local.demo.platform import Addresses
from deploy.local.demo.play import Played, play
from deploy.local.spelling import command_name


def run(addresses: Addresses, console: Console) -> None:
    """Play the day and show the result.

    Raises:
        DemoError: the platform gave an answer that the demo cannot go on with.
    """
    people = _people(console)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Posting movements", total=None)
        played = asyncio.run(
            play(
                addresses,
                people,
                report=lambda done, total: progress.update(task, completed=done, total=total),
            )
        )
    console.print(_summary(played))
    _where_to_look(addresses, played, console)


def _people(console: Console) -> list[Person]:
    if mimic.FOLDER.is_dir():
        console.print("Playing 129 real, de-identified stays (MIMIC-III demo), one day in an hour.")
        return mimic.people()
    console.print("Playing a generated stream (the MIMIC-III demo tables are not here).")
    return generated.people()


def _summary(played: Played) -> Table:
    table = Table(title="The day", show_header=False)
    table.add_row("persons", str(played.persons))
    table.add_row("movements accepted", str(played.movements))
    for status, count in sorted(played.obligations.items()):
        table.add_row(f"obligations {status}", str(count))
    table.add_row("movements not settled yet", str(played.unsettled))
    return table


def _where_to_look(addresses: Addresses, played: Played, console: Console) -> None:
    last = played.last
    today = datetime.now(UTC).date()
    days = f"from={today - timedelta(days=1)}&to={today}"
    console.print("\nWhere to look")
    console.print(f"  SMS that carers got     {addresses.sms}/")
    console.print(f"  E-mail that was sent    {addresses.mail}/")
    if addresses.traces and last.trace_id:
        console.print(
            f"  The last one's trace    {addresses.traces}/zipkin/traces/{last.trace_id}", soft_wrap=True
        )
    console.print("\nWhat to ask (the key is one of the demo's own)")
    console.print(f"  KEY={played.last_key}", soft_wrap=True)
    for service, path in (
        ("admission", f"/v1/receipts/{last.receipt_id}"),
        ("pathway", f"/v1/persons/{last.person_id}/pathway"),
        ("indicators", f"/v1/indicators/occupancy?{days}"),
    ):
        console.print(f'  {command_name()} call GET {service} "{path}" --key "$KEY"', soft_wrap=True)
