"""Checks that the module of every command exists in the image that runs it."""

import importlib
import importlib.util
from collections.abc import Iterator, Sequence

from deploy.compose.composition import ROLES, Composition, Container


def check_commands(composition: Composition) -> Iterator[str]:
    """Commands that are missing, cannot be imported or run another service's code."""
    for service, roles in ROLES.items():
        for role in ("migrate", *roles):
            if f"{service}-{role}" not in composition.containers:
                yield f"{service}-{role} is missing"
    for name, container in composition.own.items():
        command = container.get("command") or []
        if command[:2] != ["python", "-m"]:
            yield f"{name}: expected a command that begins with python -m"
            continue
        yield from (f"{name}: {problem}" for problem in _of_command(name, container, command[2:]))


def _of_command(name: str, container: Container, command: Sequence[str]) -> Iterator[str]:
    module, arguments = command[0], command[1:]
    service = container["build"].get("args", {}).get("SERVICE")
    if importlib.util.find_spec(module) is None:
        yield f"there is no module {module}"
    elif module == "shared.web.serve":
        yield from _of_application(arguments[0], service)
        if "--operations-port" not in arguments:
            yield "its operations have no port of their own"
    elif module == "shared.database.migrations":
        if arguments[0] != service:
            yield f"migrates {arguments[0]}, and its image holds {service}"
    elif module.startswith("services.") and not module.startswith(f"services.{service}."):
        yield f"runs {module}, and its image holds {service}"
    if service is not None and not name.startswith(f"{service}-"):
        yield f"its image holds {service}"


def _of_application(application: str, service: str | None) -> Iterator[str]:
    module, _, attribute = application.partition(":")
    if not module.startswith(f"services.{service}."):
        yield f"serves {application}, and its image holds {service}"
    elif importlib.util.find_spec(module) is None:
        yield f"there is no module {module}"
    elif not hasattr(importlib.import_module(module), attribute):
        yield f"there is no {application}"
