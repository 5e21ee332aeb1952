"""Checks that containers have no more rights and room than they need."""

import re
from collections.abc import Iterator
from typing import Final

from deploy.compose.composition import Composition

_STAGES: Final = re.compile(r"^FROM \S+ AS (\S+)$", re.MULTILINE)
_USER: Final = re.compile(r"^USER (\d+):(\d+)$", re.MULTILINE)
_STARTED: Final = ("service", "sinks")


def check_hardening(composition: Composition) -> Iterator[str]:
    """Containers that can write, gain privileges, run as root, take all room, or have no health check."""
    yield from _of_everybody(composition)
    for name, container in composition.own.items():
        if not container.get("read_only"):
            yield f"{name}: its root can be written to"
        if "/tmp" not in container.get("tmpfs", []):  # noqa: S108
            yield f"{name}: it has no /tmp to write to"
        if container.get("user"):
            yield f"{name}: it does not run as the user of its image"
    dockerfile = (composition.project / "deploy" / "service.Dockerfile").read_text(encoding="utf-8")
    if "\nHEALTHCHECK " not in dockerfile:
        yield "service.Dockerfile: no HEALTHCHECK"
    stages = _STAGES.split(dockerfile)
    for stage, text in zip(stages[1::2], stages[2::2], strict=True):
        user = _USER.search(text)
        if stage in _STARTED and (user is None or user[1] == "0"):
            yield f"service.Dockerfile: stage {stage} runs as root"


def _of_everybody(composition: Composition) -> Iterator[str]:
    for name, container in composition.containers.items():
        if container.get("cap_drop") != ["ALL"] or container.get("cap_add") or container.get("privileged"):
            yield f"{name}: it keeps capabilities"
        if "no-new-privileges:true" not in container.get("security_opt", []):
            yield f"{name}: it may gain privileges"
        if not container.get("mem_limit") or not container.get("pids_limit"):
            yield f"{name}: its memory or the number of its processes has no limit"
        if container.get("user") == "0" or (name == "postgres" and container.get("user") != "postgres"):
            yield f"{name}: it runs as root"
