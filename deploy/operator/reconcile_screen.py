"""Prints the result of `relais reconcile` for a person."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

EVENTS: Final = ("received", "applied", "parked", "dismissed", "pending", "missing", "unknown")
OBLIGATIONS: Final = (
    "due",
    "informed",
    "acknowledged",
    "handled_by_human",
    "superseded",
    "suppressed",
    "pending",
    "expired",
    "unexplained",
)

NOTED: Final = {
    "unaudited": "planned since the last audit, not derived a second time yet",
    "missing": "missing: due by the ledgers, and could not be planned",
    "unexpected": "unexpected: due by no event",
    "vanished": "vanished: seen by an audit, and gone",
    "told_without_right": "told without a right to be: docs/runbooks/obligations-differ.md",
    "repaired": "repaired: had been missing, and were planned after all",
}
"""Numbers shown beside the equation of obligations when they are not 0."""


def shown(answer: Mapping[str, Any]) -> RenderableType:
    """Print the counts in at most 80 columns, then explain every unusual number, then the verdicts."""
    publishers = [
        (service, publisher)
        for service, report in answer["services"].items()
        for publisher in report["publishers"]
    ]
    return Group(
        *(_table(service, publisher) for service, publisher in publishers if publisher["accounts"]),
        Text("Obligations", "italic"),
        *(_obligations(tally) for tally in answer["obligations"]["tallies"]),
        Text(),
        *(Text(line) for line in _explained(answer)),
        *(_verdict(answer, name) for name in ("told_without_right", "unexplained")),
    )


def _verdict(answer: Mapping[str, Any], name: str) -> Text:
    return Text(f"{name.replace('_', ' ')}: {answer[name]}", style="red" if answer[name] else "green")


def _table(service: str, publisher: Mapping[str, Any]) -> Table:
    """What a service holds of one publisher, by day and establishment."""
    title = f"Events of {publisher['publisher']} in {service}"
    table = Table(box=None, title=title, title_justify="left", padding=(0, 1, 0, 0))
    for heading in ("day", "FINESS"):
        table.add_column(heading, no_wrap=True)
    for heading in EVENTS:
        table.add_column(heading, justify="right", no_wrap=True)
    for line in publisher["accounts"]:
        counted = (str(line.get(name, 0)) for name in EVENTS)
        table.add_row(line["day"], line["establishment"] or "(none)", *counted)
    return table


def _obligations(tally: Mapping[str, Any]) -> Text:
    """One day of one establishment: how many were due, and how many ended in which outcome."""
    counted = [f"{tally[name]} {name.replace('_', ' ')}" for name in OBLIGATIONS if tally.get(name)]
    unexplained = [] if tally.get("unexplained") else ["0 unexplained"]
    where = f"{tally['day']} {tally['establishment'] or '(none)'}"
    return Text(f"{where} {', '.join([*counted, *unexplained])}")


def _explained(answer: Mapping[str, Any]) -> Iterator[str]:
    for service, report in answer["services"].items():
        for publisher in report["publishers"]:
            yield from (f"{service} < {publisher['publisher']}: {line}" for line in _of_publisher(publisher))
    for tally in answer["obligations"]["tallies"]:
        where = f"obligations, {tally['day']}, {tally['establishment']}"
        for outcome, reasons in tally["reasons"].items():
            told = ", ".join(f"{count} {reason}" for reason, count in reasons.items())
            yield f"{where}: {outcome.replace('_', ' ')}: {told}"
        yield from (f"{where}: {tally[name]} {said}" for name, said in NOTED.items() if tally.get(name))


def _of_publisher(publisher: Mapping[str, Any]) -> Iterator[str]:
    totals = {name: sum(line[name] for line in publisher["accounts"]) for name in EVENTS}
    if publisher["state"] != "compared":
        yield f"not compared ({publisher['state']})"
    if totals["parked"]:
        yield f"{totals['parked']} parked: `relais parked list` says why"
    if totals["dismissed"]:
        yield f"{totals['dismissed']} dismissed: `relais parked list --state dismissed` says by whom and why"
    if totals["pending"]:
        yield f"{totals['pending']} pending: recorded in the last minutes, and on their way"
    if publisher["holes"]:
        yield f"{publisher['holes']} numbers that the publisher does not have, though it has later ones"
    for what in ("missing", "unknown"):
        for event in publisher[what]:
            yield f"{what}: event {event['event_id']}, number {event['sequence']} of {event['subject']}"
    last = publisher["last"]
    if last is not None:
        yield (
            f"last compared {last['completed_at']}: {last['mended']['pulled']} pulled,"
            f" {last['mended']['corrected']} corrected"
        )
