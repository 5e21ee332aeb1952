"""Prints the progress and the result of a rebuild."""

from types import TracebackType
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

_OUTCOMES = {
    "compared": "Only compared: the live projection stays.",
    "swapped": "The new projection is live; the earlier one is kept: --undo brings it back, "
    "--drop-previous ends that.",
    "undone": "The earlier projection is live again; the other one is kept.",
    "dropped": "The earlier projection is gone.",
    "nothing": "No earlier projection was kept.",
}


class Progress:
    """One progress bar per ledger; plain lines where the output is no terminal."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bars = Bars(*columns, console=console, disable=not console.is_terminal)
        self._console = console
        self._ledgers: dict[str, TaskID] = {}

    def __enter__(self) -> "Progress":
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def show(self, step: dict[str, Any]) -> None:
        """Show one step of the rebuild."""
        if step["step"] == "pulling":
            ledger = f"ledger of {step['publisher']}"
            if ledger not in self._ledgers:
                self._ledgers[ledger] = self._bars.add_task(ledger)
            self._bars.update(self._ledgers[ledger], completed=step["pulled"], total=step["total"])
        elif step["step"] == "comparing":
            self._console.print("Comparing with the live tables.")


def result_table(result: dict[str, Any]) -> RenderableType:
    """Print the tables and how they differ, then what was done."""
    table = Table(box=box.SIMPLE)
    table.add_column("table", no_wrap=True)
    for heading in ("live", "rebuilt", "only live", "only rebuilt", "different"):
        table.add_column(heading, justify="right")
    for each in result["tables"]:
        counts = [str(each[name]) for name in ("live", "made", "only_live", "only_made", "different")]
        table.add_row(each["table"] + ("" if each["is_swapped"] else " (kept)"), *counts)
    lines: list[RenderableType] = [table] if result["tables"] else []
    lines += [
        Text(f"{each['table']} differ for {', '.join(each['persons'])}")
        for each in result["tables"]
        if each["persons"]
    ]
    if result["in_motion"]:
        lines.append(Text(f"{result['in_motion']} persons in motion were not compared."))
    if result["events"]:
        lines.append(Text(f"{result['events']} events in {result['seconds']:.1f} s."))
    if result["held_seconds"]:
        lines.append(Text(f"Nothing was applied for {result['held_seconds'] * 1000:.0f} ms."))
    return Group(*lines, Text(_OUTCOMES[result["done"]]))
