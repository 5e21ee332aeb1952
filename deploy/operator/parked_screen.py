"""Prints parked events for a person, in lines of at most 80 columns."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text


def listed(pages: dict[str, Any]) -> RenderableType:
    """The events of each service, four lines each: which, why, what, from where."""
    lines = [
        line for service, page in pages.items() for event in page["parked"] for line in _event(service, event)
    ]
    totals = ", ".join(f"{service} {page['total']}" for service, page in pages.items())
    more = [
        Text(f"More of {service}: --after {page['next']}")
        for service, page in pages.items()
        if page["next"] is not None
    ]
    counted = "In all" if any(page["total"] for page in pages.values()) else "None"
    return Group(*lines, Text(f"{counted}: {totals}"), *more)


def _event(service: str, event: dict[str, Any]) -> Iterator[Text]:
    where = f" of establishment {event['establishment']}" if event["establishment"] else ""
    parked_at = event["parked_at"].replace("T", " ").partition(".")[0].removesuffix("Z")
    yield Text.assemble(
        (f"{service} {event['parked_id']}", "bold"), f"  {event['state']}, {parked_at} UTC{where}"
    )
    yield Text(f"  {event['reason']}", "yellow")
    yield Text(f"  {event['type'] or 'unknown type'}")
    yield Text(f"  at {event['topic']}/{event['partition']}/{event['offset']}", "dim")


def content_of(shown: dict[str, Any]) -> RenderableType:
    """One event, its neighbours, and its content if it was revealed."""
    lines = [f"{name}: {value}" for name, value in shown["event"].items() if value is not None]
    if shown["waits_for"] is not None:
        lines.append(f"waits for: {shown['waits_for']}")
    lines.append(f"waiting behind it: {shown['waiting_behind']}")
    for name, value in (shown["content"] or {}).items():
        lines.append(f"{name}: {value}")
    return Text("\n".join(lines))


def retried(result: dict[str, Any]) -> RenderableType:
    """What became of a retry."""
    lines = [f"Applied {result['applied']}, still wrong {len(result['still_parked'])}."]
    lines += [f"{each['parked_id']}: {each['reason']}" for each in result["still_parked"]]
    lines += ["Stopped before the end."] if result["stopped"] else []
    return Text("\n".join(lines))
