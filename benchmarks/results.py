"""The result of a benchmark: raw cells, a summary, and how it compares with its targets."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path("benchmarks/results")

Row = Mapping[str, float | int | str | None]


@dataclass(frozen=True)
class Aim:
    """A target and the measured value."""

    name: str
    got: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the target was met."""
        low = self.at_least is None or self.got >= self.at_least
        return low and (self.at_most is None or self.got <= self.at_most)


@dataclass(frozen=True)
class Result:
    """One run of one benchmark."""

    benchmark: str
    title: str
    rows: Sequence[Row]
    """The rows of the table: medians over the rounds."""
    aims: Sequence[Aim]
    raw: Sequence[Mapping[str, Any]] = field(default_factory=list)
    options: Mapping[str, Any] = field(default_factory=dict)


def keep(result: Result) -> Path:
    """Write it as JSON; returns the path."""
    FOLDER.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = FOLDER / f"{result.benchmark}-{now:%Y%m%dT%H%M%SZ}.json"
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "kernel": platform.release()}
    kept = {"at": now.isoformat(timespec="seconds"), "machine": machine, **asdict(result)}
    for aim, shown in zip(result.aims, kept["aims"], strict=True):
        shown["is_met"] = aim.is_met
    path.write_text(json.dumps(kept, indent=1))
    return path


def latest(benchmark: str) -> dict[str, Any] | None:
    """The newest stored result of a benchmark."""
    paths = sorted(FOLDER.glob(f"{benchmark}-*.json"))
    return json.loads(paths[-1].read_text()) if paths else None
