"""Shows the stack to a person: progress while it starts, a table that fits 80 columns when it runs."""

from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from deploy.local.spelling import as_typed
from deploy.local.supervision.state import Record, State

STYLES = {"ready": "green", "done": "green", "waiting": "dim", "stopped": "dim", "failed": "red"}
ACTIVE = {"starting", "running", "restarting"}
MEGABYTE = 1_000_000


class Progress:
    """What is being started now; a live display on a terminal, a line per finished part elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, transient=True) if console.is_terminal else None
        self._said: set[str] = set()

    def __enter__(self) -> "Progress":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Take the live display away."""
        if self._live is not None:
            self._live.stop()

    def show(self, state: State) -> None:
        """The state has changed."""
        if self._live is not None:
            self._live.update(_progress(state))
            return
        for record in state.records:
            if record.state in {"ready", "done"} and record.name not in self._said:
                self._said.add(record.name)
                self._console.print(f"{record.name}: {record.state}", highlight=False)


def _progress(state: State) -> RenderableType:
    finished = sum(record.state in {"ready", "done"} for record in state.records)
    lines: list[RenderableType] = [Text(f"Relais: {state.state}, {finished} of {len(state.records)}", "bold")]
    lines += [Spinner("dots", text=_line(record)) for record in state.records if record.state in ACTIVE]
    return Group(*lines)


def _line(record: Record) -> str:
    return f"{record.name}: {record.state}" + (f" ({record.note})" if record.note else "")


def parts_table(document: dict[str, Any]) -> RenderableType:
    """What runs where, and below it what there is to say about the parts."""
    remarks = [Text(remark, style="yellow") for part in document["parts"] for remark in _remarks(part)]
    if document["message"]:
        remarks.append(Text(document["message"], style="red"))
    if document["state"] == "stopped":
        return Group(Text(as_typed("Relais is not running here: `relais up` starts it.")), *remarks)
    title = f"Relais: {document['state']}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("part", "state", "process", "memory", "where"):
        is_number = heading in {"process", "memory"}
        table.add_column(heading, justify="right" if is_number else "left", no_wrap=True)
    for part in document["parts"]:
        url, is_page = part["url"], part["url"].startswith("http")
        table.add_row(
            part["name"],
            Text(part["state"], style=STYLES.get(part["state"], "yellow")),
            str(part["pid"] or ""),
            _megabytes(part["memory_bytes"]),
            # An address that no browser opens is shown without its scheme, which leaves 80 columns enough.
            Text(url if is_page else url.rpartition("/")[2], style=f"link {url}" if is_page else ""),
        )
    if document["memory_bytes"]:
        table.caption = f"{_megabytes(document['memory_bytes'])} in all, the supervisor included"
    return Group(table, *remarks)


def _megabytes(size: int | None) -> str:
    return f"{size / MEGABYTE:.0f} MB" if size else ""


def _remarks(part: dict[str, Any]) -> list[str]:
    restarts = f"started again {part['restarts']} x" if part["restarts"] else ""
    said = [remark for remark in (restarts, part["note"]) if remark]
    return [f"{part['name']}: {'; '.join(said)}"] if said else []


def key_panel(operator_key: str) -> Panel:
    """The operator's key, shown this once."""
    text = Text.assemble(
        "The operator's key, shown this once and stored nowhere:\n\n",
        (f"    {operator_key}", "bold"),
        "\n\nIt makes sources and their keys: POST /v1/sources at admission.\n",
        as_typed("Should it be lost, `relais operator-key` makes another one."),
    )
    return Panel(text, title="keep it", border_style="yellow")
