"""Runs the platform as a user does: `relais up --detach`, `relais status`, `relais down`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.stack.credentials import read_credentials
from deploy.local.status import status_document
from shared.spine.kafka.broker import Broker

_RELAIS = Path(sys.executable).with_name("relais")
_START_SECONDS = 240


@dataclass(frozen=True)
class RunningPlatform:
    """A started platform: where its parts are, and the key of its operator."""

    environment: Mapping[str, str]
    operator_key: str

    def parts(self) -> dict[str, dict[str, Any]]:
        """Each part by its name, as `relais status --json` gives it now.

        Asked for in this process: to start the command again and again would slow what is waited for.
        """
        document = status_document(Path(self.environment["RELAIS_STATE_FOLDER"]))
        return {part["name"]: part for part in document["parts"]}

    def url(self, part: str) -> str:
        """Where a part listens."""
        return str(self.parts()[part]["url"])


def broker_of(platform: RunningPlatform, user: str) -> Broker:
    """The platform's broker, as one of those who use it."""
    credentials = read_credentials(Path(platform.environment["RELAIS_STATE_FOLDER"]))
    assert credentials is not None
    return Broker(
        addresses=platform.url("kafka").removeprefix("kafka://"),
        protocol="SASL_PLAINTEXT",
        user=user,
        password=credentials.kafka_passwords[user],
    )


@contextmanager
def running_platform(state_folder: Path, **environment: str) -> Iterator[RunningPlatform]:
    """Start a platform with its state in `state_folder`, and stop it at the end."""
    variables = {**os.environ, "RELAIS_STATE_FOLDER": str(state_folder), **environment}
    started = json.loads(_relais("up", "--detach", "--json", environment=variables))
    try:
        yield RunningPlatform(variables, started["operator_key"])
    finally:
        _relais("down", environment=variables)


def _relais(*arguments: str, environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [str(_RELAIS), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_START_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"relais {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout
