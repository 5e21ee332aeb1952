"""The commands and environment of the services: those of the local stack, run through launch.py."""

import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.stack.credentials import Credentials
from deploy.local.stack.probes import answers
from deploy.local.stack.services import api_arguments, service_environment
from deploy.local.supervision.children import leashed
from tests.continuity import failpoints
from tests.continuity.platform.layout import (
    APIS,
    MLLP,
    PROCESSES,
    PROJECT,
    Layout,
    operations_of,
    role_of,
    service_of,
)
from tests.continuity.platform.process import Process


def service_processes(
    layout: Layout, credentials: Credentials, *, wait_factor: float, mutation: str | None
) -> list[Process]:
    """Every API, two doors for MLLP, and two workers of each service."""
    common = {
        "RELAIS_WAIT_FACTOR": str(wait_factor),
        "PYTHONPATH": str(PROJECT),
        # A rupture is open within seconds of the deadline, or it is a violation.
        "RELAIS_FEED_GRACE_SECONDS": "0",
        "RELAIS_FEED_SETTLING_SECONDS": "0",
        # The checker counts every message; that nothing is told before an answer has tests of its own.
        "RELAIS_INVITATIONS": "false",
    }
    if mutation is not None:
        common["CONTINUITY_MUTATION"] = mutation
    return [
        _process(part, layout, {**_environment(part, layout, credentials), **common}) for part in PROCESSES
    ]


def failpoint_folder(layout: Layout, part: str) -> Path:
    """The failpoint folder that those processes of a service share which do the same."""
    return layout.failpoints / role_of(part)


def _environment(part: str, layout: Layout, credentials: Credentials) -> Mapping[str, str]:
    folder = failpoint_folder(layout, part)
    folder.mkdir(exist_ok=True)
    seen = layout.seen_by_services()
    return {
        **service_environment(service_of(part), seen, credentials, traces=False),
        failpoints.VARIABLE: str(folder),
        "RELAIS_METRICS_PORT": str(layout.ports[operations_of(part)]),
        **({"RELAIS_MLLP_PORTS": str(layout.ports[part])} if part in MLLP else {}),
    }


def _process(part: str, layout: Layout, environment: Mapping[str, str]) -> Process:
    service, port = service_of(part), layout.ports[part]
    operations = layout.ports[operations_of(part)]
    if part in APIS:
        entry = api_arguments(service, port, operations)
    else:
        entry = [f"services.{service}.{'mllp' if part in MLLP else 'worker'}"]
    command = [sys.executable, "-m", "tests.continuity.launch", service, *entry]
    return Process(
        part,
        command=lambda: leashed(command),
        is_ready=answers(port, "/ready") if part in APIS else answers(operations, "/health"),
        log=layout.logs / f"{part}.log",
        environment=environment,
    )
