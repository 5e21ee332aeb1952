"""Runs the whole platform for a measurement, as a user does, with its own state folder."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.setup.contestants import FINESS
from deploy.local.places import PROJECT

_RELAIS = (sys.executable, "-m", "deploy.local.cli")
"""The command of this clone, whichever one is installed."""
_START_SECONDS = 300


@dataclass(frozen=True)
class Platform:
    """The addresses of its APIs and an establishment's key."""

    admission: str
    notifications: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers that carry the key."""
        return {"Authorization": f"Bearer {self.key}"}


@contextmanager
def open_platform(folder: Path, **environment: str) -> Iterator[Platform]:
    """Start everything that `relais up` starts, and stop it at the end."""
    variables = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "RELAIS_STATE_FOLDER": str(folder / "state"),
        "RELAIS_INVITATIONS": "false",  # nobody is there to accept one
        **environment,
    }
    started = _relais(variables, "up", "--detach", "--json")
    try:
        parts = {part["name"]: part["url"] for part in _relais(variables, "status", "--json")["parts"]}
        body = {"name": "benchmark", "establishment": FINESS, "scopes": ["intake", "read", "circle"]}
        answer = httpx.post(
            f"{parts['admission-api']}/v1/sources",
            json=body,
            headers={"Authorization": f"Bearer {started['operator_key']}"},
            timeout=30,
        )
        answer.raise_for_status()
        yield Platform(parts["admission-api"], parts["notifications-api"], answer.json()["key"])
    finally:
        subprocess.run([*_RELAIS, "down"], env=variables, capture_output=True, check=True)


def _relais(variables: dict[str, str], *arguments: str) -> Any:
    done = subprocess.run(
        [*_RELAIS, *arguments], env=variables, capture_output=True, check=True, timeout=_START_SECONDS
    )
    return json.loads(done.stdout)


def movement(kind: str, person: str, at: str, **other: object) -> dict[str, object]:
    """A movement of a person, with new ids."""
    return {
        "source_event_id": str(uuid.uuid4()),
        "movement_id": str(uuid.uuid4()),
        "stay_id": f"s-{person}",
        "action": "insert",
        "kind": kind,
        "person": {"identifiers": [{"authority": "1.2.250.1.213.1.4.10", "value": person}]},
        "establishment": FINESS,
        "class_of_stay": "inpatient",
        "occurred_at": at,
        "emitted_at": at,
        **other,
    }


def carer(number: int) -> dict[str, object]:
    """A carer who may be told at night."""
    return {
        "alias": "Papi",
        "channels": [{"medium": "sms", "address": f"+33{639_980_000 + number % 10_000}"}],
        "night": True,
        "consent": {
            "given_at": "2026-11-01T10:00:00+01:00",
            "proof": {"kind": "written", "reference": "C-1"},
        },
    }
