"""What happened in a run, as those outside of the platform wrote it down? The journals of its folder."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

Line = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Carer:
    """Who is entitled to know about one person, and on which phone; the harness enrolled them."""

    person_id: str
    carer_id: str
    phone: str
    joined_at: datetime
    """Their establishment knew by then that they belong."""
    leaves_at: datetime | None = None
    """Their establishment began to say that they do not belong any more,"""
    revoked_at: datetime | None = None
    """and knew by then that it is so."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of the harness."""

    clients: tuple[Line, ...]
    gateway: tuple[Line, ...]
    faults: tuple[Line, ...]
    about: Line
    circle: tuple[Carer, ...] = ()
    watched: tuple[Line, ...] = ()
    """What each process said of itself, look after look."""

    @property
    def poison(self) -> list[Line]:
        """The broken records that were put into the topics, or may have been."""
        return [line for line in self.faults if line["kind"] == "poison" and line.get("phase") != "ended"]

    @property
    def certain_poison(self) -> list[Line]:
        """Those that the broker said it has."""
        return [line for line in self.faults if line["kind"] == "poison" and line.get("phase") != "began"]

    @property
    def broken(self) -> list[Line]:
        """What was done to parts of the platform, each fault once when it began and once when it ended."""
        return [line for line in self.faults if line["kind"] != "poison"]

    @cached_property
    def log_lost_at(self) -> datetime | None:
        """When the broker last lost what it once acknowledged; from then on it holds everything."""
        lost = [line["at"] for line in self.broken if line["kind"] in {"broker.wipe", "broker.truncate"}]
        return max(map(moment, lost), default=None)


def read_run(folder: Path) -> Run:
    """Read the journals; a line that a kill cut short is the last one, and is left out."""
    about = json.loads((folder / "run.json").read_text())
    return Run(
        clients=tuple(_lines(folder / "clients.jsonl")),
        gateway=tuple(_lines(folder / "gateway.jsonl")),
        faults=tuple(_lines(folder / "faults.jsonl")),
        about=about,
        watched=tuple(_lines(folder / "metrics.jsonl")),
        circle=tuple(_carer(each) for each in about.get("circle", ())),
    )


def moment(said: str | float) -> datetime:
    """A time as a journal writes it: ISO 8601, or seconds since the epoch."""
    if isinstance(said, str):
        return datetime.fromisoformat(said)
    return datetime.fromtimestamp(said, UTC)


def _lines(path: Path) -> Iterator[Line]:
    if not path.exists():
        return
    for text in path.read_text().splitlines(keepends=True):
        if text.endswith("\n"):
            yield json.loads(text)


def _carer(said: Line) -> Carer:
    left = [said.get(name) for name in ("leaves_at", "revoked_at")]
    leaves_at, revoked_at = (None if each is None else moment(each) for each in left)
    return Carer(
        person_id=said["person_id"],
        carer_id=said["carer_id"],
        phone=said["phone"],
        joined_at=moment(said["joined_at"]),
        leaves_at=leaves_at,
        revoked_at=revoked_at,
    )
