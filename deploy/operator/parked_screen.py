"""Prints parked events for a person."""

from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text


def listed(pages: dict[str, Any]) -> RenderableType:
    """Print the events of each service as a table."""
    table = Table(box=box.SIMPLE, title="Parked events", title_justify="left")
    for heading in ("service", "number", "state", "reason", "type", "establishment", "parked at", "where"):
        table.add_column(heading, overflow="fold")
    for service, page in pages.items():
        for event in page["parked"]:
            table.add_row(
                service,
                str(event["parked_id"]),
                event["state"],
                event["reason"],
                event["type"] or "",
                event["establishment"] or "",
                event["parked_at"],
                f"{event['topic']}/{event['partition']}/{event['offset']}",
            )
    totals = ", ".join(f"{service} {page['total']}" for service, page in pages.items())
    more = [
        Text(f"More of {service}: --after {page['next']}")
        for service, page in pages.items()
        if page["next"] is not None
    ]
    return Group(table, Text(f"In all: {totals}"), *more)


def content_of(shown: dict[str, Any]) -> RenderableType:
    """Print one event, its neighbours, and its content if it was revealed."""
    lines = [f"{name}: {value}" for name, value in shown["event"].items() if value is not None]
    if shown["waits_for"] is not None:
        lines.append(f"waits for: {shown['waits_for']}")
    lines.append(f"waiting behind it: {shown['waiting_behind']}")
    for name, value in (shown["content"] or {}).items():
        lines.append(f"{name}: {value}")
    return Text("\n".join(lines))


def retried(result: dict[str, Any]) -> RenderableType:
    """Print the result of a retry."""
    lines = [f"Applied {result['applied']}, still wrong {len(result['still_parked'])}."]
    lines += [f"{each['parked_id']}: {each['reason']}" for each in result["still_parked"]]
    lines += ["Stopped before the end."] if result["stopped"] else []
    return Text("\n".join(lines))
