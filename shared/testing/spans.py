"""Defines what a test knows of a span."""

from typing import TypedDict


class SpanRecord(TypedDict):
    """One finished span; ids as lower-case hex, `parent_id` empty for a root."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: str
    service: str
    start_ns: int
    end_ns: int
    attributes: dict[str, str | bool | int | float]
    links: list[str]
    """Ids of the spans that this one is linked to."""
    error: bool
