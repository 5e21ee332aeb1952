"""Checks that a trace is whole: one root, every mandatory span, and no parent missing."""

from collections import Counter
from collections.abc import Iterable, Sequence

from shared.testing.spans import SpanRecord


def flaws(spans: Sequence[SpanRecord], *, mandatory: Iterable[tuple[str, str]]) -> list[str]:
    """What is wrong with the spans of one trace; nothing when it is whole.

    `mandatory` are pairs of service and span name; a pair that stands twice must be there at least twice.
    """
    return [*_several_traces(spans), *_roots(spans), *_missing(spans, mandatory), *_orphans(spans)]


def by_trace(spans: Iterable[SpanRecord]) -> dict[str, list[SpanRecord]]:
    """Trace id -> its spans."""
    traces: dict[str, list[SpanRecord]] = {}
    for span in spans:
        traces.setdefault(span["trace_id"], []).append(span)
    return traces


def _several_traces(spans: Sequence[SpanRecord]) -> list[str]:
    count = len({span["trace_id"] for span in spans})
    return [f"{count} traces, not one"] if count > 1 else []


def _roots(spans: Sequence[SpanRecord]) -> list[str]:
    roots = [span["name"] for span in spans if not span["parent_id"]]
    return [] if len(roots) == 1 else [f"{len(roots)} roots, not one: {', '.join(roots) or 'none'}"]


def _missing(spans: Sequence[SpanRecord], mandatory: Iterable[tuple[str, str]]) -> list[str]:
    missing = Counter(mandatory) - Counter((span["service"], span["name"]) for span in spans)
    return [f"missing: {name} of {service}" for service, name in missing.elements()]


def _orphans(spans: Sequence[SpanRecord]) -> list[str]:
    known = {span["span_id"] for span in spans}
    return [
        f"orphan: {span['name']} of {span['service']}"
        for span in spans
        if span["parent_id"] and span["parent_id"] not in known
    ]
