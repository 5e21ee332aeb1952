"""Computes a run's figures from its journals and databases: availability, delays, recovery, repeats."""

import asyncio
import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg

from tests.continuity.platform.layout import CONSUMES

ANSWERED_WITHIN_SECONDS: Final = 2.0
MAX_LOOKED_AT: Final = 300
_CONNECT_SECONDS: Final = 30
_ATTEMPTS: Final = """
SELECT attempt_id::text, event_id::text FROM attempts JOIN obligations USING (obligation_id)
"""
_RECORDED: Final = "SELECT event_id::text, recorded_at FROM ledger ORDER BY recorded_at"
_APPLIED: Final = "SELECT event_id::text, applied_at FROM inbox WHERE publisher = 'admission'"
_LOOKED_AT: Final = (
    *("what", "at", "client", "source_event_id", "body_sha256", "status", "event_id", "due_at"),
    *("door", "answered_at"),
)
DOORS: Final = ("json", "mllp")


@dataclass(frozen=True)
class Interval:
    """One fault, from its beginning to its end, in seconds since the epoch."""

    kind: str
    began: float
    ended: float


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """The entries of a journal, leaving out a line that a crash cut short."""
    with path.open() as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue


def intervals_of(entries: Iterable[Mapping[str, Any]]) -> list[Interval]:
    """The faults that began and ended."""
    began: dict[int, float] = {}
    intervals = []
    for entry in entries:
        if entry.get("phase") == "began":
            began[entry["fault"]] = seconds(entry["at"])
        elif entry.get("phase") == "ended":
            intervals.append(Interval(entry["kind"], began[entry["fault"]], seconds(entry["at"])))
    return intervals


def seconds(moment: str) -> float:
    """An ISO 8601 time as seconds since the epoch."""
    return datetime.fromisoformat(moment).timestamp()


def quantiles(values: Sequence[float]) -> dict[str, float | int]:
    """The count, p50, p99 and the maximum."""
    if not values:
        return {"count": 0}
    ordered = sorted(values)
    return {
        "count": len(ordered),
        "p50": round(median(ordered), 3),
        "p99": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 3),
        "max": round(ordered[-1], 3),
    }


def availability(entries: Iterable[Mapping[str, Any]]) -> dict[str, float | int]:
    """The share of movements answered within two seconds of the planned time of their first sending.

    Planned, not actual: what had to wait because too many others were unanswered counts as late.
    """
    sent: dict[tuple[str, str, str], float] = {}
    answered: dict[tuple[str, str, str], float] = {}
    for entry in entries:
        key = (entry["client"], entry["source_event_id"], entry["body_sha256"])
        if entry["what"] == "send":
            sent.setdefault(key, seconds(entry.get("due_at") or entry["at"]))
        elif key in sent and entry["what"] == "answer" and entry["status"] in {200, 202, 409}:
            answered.setdefault(key, seconds(_answered_at(entry)))
    well = sum(at - sent[key] <= ANSWERED_WITHIN_SECONDS for key, at in answered.items())
    return {"sent": len(sent), "within_2_s": well, "share": round(well / max(1, len(sent)), 4)}


def acknowledged(entries: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Event id -> when a client first received its receipt."""
    first: dict[str, float] = {}
    for entry in entries:
        if entry["what"] == "answer" and entry["status"] in {200, 202}:
            first.setdefault(entry["event_id"], seconds(_answered_at(entry)))
    return first


def _answered_at(entry: Mapping[str, Any]) -> str:
    """When the answer came; over MLLP its receipt was read after that."""
    return str(entry.get("answered_at") or entry["at"])


def told_after(
    gateway: Iterable[Mapping[str, Any]],
    events: Mapping[str, str],
    acknowledged_at: Mapping[str, float],
    intervals: Sequence[Interval],
) -> dict[str, Any]:
    """Delays from receipt to the gateway's acceptance, apart for messages that met a fault on their way."""
    first: dict[str, float] = {}
    for entry in gateway:
        event = events.get(entry.get("attempt") or "", "")
        if "to" in entry and event in acknowledged_at and entry["provider_id"] is not None:
            first.setdefault(event, seconds(entry["at"]))
    inside: list[float] = []
    outside: list[float] = []
    for event, at in first.items():
        begin = acknowledged_at[event]
        met = any(each.began <= at and begin <= each.ended for each in intervals)
        (inside if met else outside).append(max(0.0, at - begin))
    return {"inside_faults": quantiles(inside), "outside_faults": quantiles(outside)}


def recovery(
    intervals: Sequence[Interval],
    recorded: Sequence[tuple[str, float]],
    applied: Mapping[str, Mapping[str, float]],
) -> dict[str, dict[str, float | int]]:
    """Kind -> seconds from healing until every consumer had applied an event recorded after it."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for interval in intervals:
        start = bisect_left(recorded, interval.ended, key=itemgetter(1))
        later = [event for event, _ in recorded[start : start + MAX_LOOKED_AT]]
        firsts = [
            min((held[event] for event in later if event in held), default=None) for held in applied.values()
        ]
        if firsts and all(first is not None for first in firsts):
            times[interval.kind].append(max(0.0, max(first for first in firsts if first) - interval.ended))
    return {kind: quantiles(values) for kind, values in sorted(times.items())}


def repeated(gateway: Iterable[Mapping[str, Any]]) -> int:
    """How many messages the gateway accepted beyond the first one with the same text to the same phone."""
    accepted: defaultdict[tuple[str, str], int] = defaultdict(int)
    for entry in gateway:
        if "to" in entry and entry["provider_id"] is not None:
            accepted[entry["to"], entry["text"]] += 1
    return sum(count - 1 for count in accepted.values())


@dataclass(frozen=True, kw_only=True)
class Tables:
    """The parts of the databases that figures need."""

    attempts: Mapping[str, str]
    """Attempt -> event."""
    recorded: Sequence[tuple[str, float]]
    applied: Mapping[str, Mapping[str, float]]


async def figures_of(folder: Path, databases: Mapping[str, str], *, since: str) -> dict[str, Any]:
    """All figures; delays only of what was acknowledged `since` the load began, with all carers enrolled."""
    attempts = await _fetch(databases["notifications"], _ATTEMPTS)
    recorded = await _fetch(databases["admission"], _RECORDED)
    applied = {service: await _fetch(databases[service], _APPLIED) for service in CONSUMES}

    def computed() -> dict[str, Any]:
        tables = Tables(
            attempts={row[0]: row[1] for row in attempts},
            recorded=[(row[0], row[1].timestamp()) for row in recorded],
            applied={name: {row[0]: row[1].timestamp() for row in rows} for name, rows in applied.items()},
        )
        return _computed(folder, tables, since=since)

    # In a thread: the proxies and the gateway live in this loop, and the platform still runs.
    return await asyncio.to_thread(computed)


def _computed(folder: Path, tables: Tables, *, since: str) -> dict[str, Any]:
    clients: list[dict[str, Any]] = [
        {name: line.get(name) for name in _LOOKED_AT} for line in lines_of(folder / "clients.jsonl")
    ]
    messages = [line for line in lines_of(folder / "gateway.jsonl") if "to" in line]
    intervals = intervals_of(lines_of(folder / "faults.jsonl"))
    receipts = acknowledged(clients)
    loaded = [line for line in clients if seconds(line["at"]) >= seconds(since)]
    under_load = {event: at for event, at in receipts.items() if at >= seconds(since)}
    return {
        "acknowledged": len(receipts),
        "loss_rate_below": 3 / len(receipts) if receipts else None,
        # Before the load, requests followed answers, not a plan.
        "intake": availability(loaded),
        "by_door": {
            door: {
                "acknowledged": len(acknowledged(line for line in clients if line["door"] == door)),
                **availability(line for line in loaded if line["door"] == door),
            }
            for door in DOORS
        },
        "acknowledged_to_gateway_seconds": told_after(messages, tables.attempts, under_load, intervals),
        "recovery_seconds": recovery(intervals, tables.recorded, tables.applied),
        "messages": len(messages),
        "messages_repeated": repeated(messages),
    }


async def _fetch(url: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(url, timeout=_CONNECT_SECONDS)
    try:
        rows: list[Any] = await connection.fetch(query)
        return rows
    finally:
        await connection.close()
