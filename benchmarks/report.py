"""`python -m benchmarks.report`: writes the newest result of each benchmark as tables and plots.

They are `docs/performance/figures.md` and an SVG per benchmark; docs/performance.md explains them by hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import charts
from benchmarks.charts import Bar
from benchmarks.results import latest

FOLDER = Path("docs/performance")

Rows = Sequence[Mapping[str, Any]]


def main() -> None:
    """Write tables and plots of the results that exist."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    parts = ["# Figures", "", "Written by `python -m benchmarks.report` from the raw results.", ""]
    for name, (title, unit, bars_of) in _PLOTS.items():
        result = latest(name)
        if result is None:
            continue
        (FOLDER / f"{name}.svg").write_text(charts.bars(title, unit, list(bars_of(result["rows"]))))
        parts += _section(name, result)
    (FOLDER / "figures.md").write_text("\n".join(parts))


def _section(name: str, result: Mapping[str, Any]) -> Iterator[str]:
    machine = result["machine"]
    yield from (f"## {name.upper()} {result['title']}", "", f"![{result['title']}]({name}.svg)", "")
    yield from _table(result["rows"])
    yield from ("", "| aim | wanted | got | |", "|---|---|---|---|")
    for aim in result["aims"]:
        wanted = f"≥ {aim['at_least']:g}" if aim["at_least"] is not None else f"≤ {aim['at_most']:.3g}"
        yield f"| {aim['name']} | {wanted} | {aim['got']:.3g} | {'met' if aim['is_met'] else 'not met'} |"
    yield from (
        "",
        f"{result['at']}, {machine['cpus']} CPUs, Python {machine['python']}; {_options_text(result)}",
        "",
    )


def _table(rows: Rows) -> Iterator[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    yield f"| | {' | '.join('' for _ in rows)} |"
    yield "|---|" + "---:|" * len(rows)
    for name in names:
        yield f"| {name} | {' | '.join(_figure(row.get(name)) for row in rows)} |"


def _options_text(result: Mapping[str, Any]) -> str:
    options = {
        name: value for name, value in result["options"].items() if name not in {"benchmarks", "store"}
    }
    return ", ".join(f"{name} {value}" for name, value in options.items())


def _figure(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _p1(rows: Rows) -> Iterator[Bar]:
    for row in rows:
        yield f"Relais, {row['connections']} connections", "relais", row["relais/s"]
        yield f"textbook, {row['connections']} connections", "peer", row["peer/s"]


def _p2(rows: Rows) -> Iterator[Bar]:
    for name, colour in (
        ("relais lines/s", "relais"),
        ("peer lines/s", "peer"),
        ("bare statements/s", "limit"),
    ):
        yield name.removesuffix("/s"), colour, rows[0][name]
    yield "bare unnest inserts", "limit", rows[0]["bare inserts/s"]


def _p3(rows: Rows) -> Iterator[Bar]:
    for row in rows:
        yield f"{row['hop']}, {row['POSTs/s']}/s", "relais", row["p99 ms"]
        if "parts p99 ms" in row:
            yield f"bare parts, {row['POSTs/s']}/s", "limit", row["parts p99 ms"]


def _p4(rows: Rows) -> Iterator[Bar]:
    for row in rows:
        yield row["consumer"], "limit" if row["consumer"] == "bare" else "relais", row["events/s"]


def _p5(rows: Rows) -> Iterator[Bar]:
    for row in rows:
        if row["who"] == "persons":
            yield f"Relais, {row['events']:,} events", "relais", row["relais/s"]
            yield f"textbook, {row['events']:,} events", "peer", row["peer/s"]
            yield f"bare SQL, {row['events']:,} events", "limit", row["bare SQL/s"]


def _p6(rows: Rows) -> Iterator[Bar]:
    for what in ("intake/s", "timelines/s"):
        for row in rows:
            yield f"{what.removesuffix('/s')}, {row['events']:,.0f} events", "relais", row[what]


def _p7(rows: Rows) -> Iterator[Bar]:
    for row in rows:
        colour = "relais" if row["contestant"] == "relais" else "peer"
        yield f"{row['contestant']}: the most", "limit", row["most/s"]
        yield f"{row['contestant']}: at twice as much", colour, row["goodput/s"]


_PLOTS: Mapping[str, tuple[str, str, Callable[[Rows], Iterator[Bar]]]] = {
    "p1": ("Single POST", "/s", _p1),
    "p2": ("Batch (NDJSON), lines", "/s", _p2),
    "p3": ("From the POST to the SMS gateway, p99", "ms", _p3),
    "p4": ("Catching up with a backlog, events", "/s", _p4),
    "p5": ("Timelines", "/s", _p5),
    "p6": ("The same load on ever larger stores", "/s", _p6),
    "p7": ("Accepted under overload", "/s", _p7),
}


if __name__ == "__main__":
    main()
