"""With which commands and environment do the services run here? As in the local stack, through launch.py."""

import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.children import leashed
from deploy.local.credentials import Credentials
from deploy.local.ports import HOST
from deploy.local.probes import answers
from deploy.local.services import service_environment
from tests.continuity import failpoints
from tests.continuity.platform.places import APIS, PROJECT, WORKERS, Places, service_of
from tests.continuity.platform.process import Process


def service_processes(
    places: Places, credentials: Credentials, *, wait_factor: float, mutation: str | None
) -> list[Process]:
    """Every API, and two workers of each service."""
    common = {"RELAIS_WAIT_FACTOR": str(wait_factor), "PYTHONPATH": str(PROJECT)}
    if mutation is not None:
        common["CONTINUITY_MUTATION"] = mutation
    return [
        _process(part, places, {**_environment(part, places, credentials), **common})
        for part in (*APIS, *WORKERS)
    ]


def failpoint_folder(places: Places, part: str) -> Path:
    """Shared by the processes that do the same: a service's APIs, a service's workers."""
    role = "api" if part in APIS else "worker"
    return places.failpoints / f"{service_of(part)}-{role}"


def _environment(part: str, places: Places, credentials: Credentials) -> Mapping[str, str]:
    folder = failpoint_folder(places, part)
    folder.mkdir(exist_ok=True)
    seen = places.seen_by_services()
    return {
        **service_environment(service_of(part), seen, credentials, traces=False),
        failpoints.VARIABLE: str(folder),
        "RELAIS_METRICS_PORT": str(places.ports[part]),
    }


def _process(part: str, places: Places, environment: Mapping[str, str]) -> Process:
    service, port = service_of(part), places.ports[part]
    if part in APIS:
        entry = ["shared.web.serve", f"services.{service}.main:app", "--host", HOST, "--port", str(port)]
    else:
        entry = [f"services.{service}.worker"]
    command = [sys.executable, "-m", "tests.continuity.launch", service, *entry]
    return Process(
        part,
        command=lambda: leashed(command),
        is_ready=answers(port, "/ready" if part in APIS else "/health"),
        log=places.logs / f"{part}.log",
        environment=environment,
    )
