"""`relais pause` and `relais resume`: pause parts of a service and let them go on."""

import json
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from deploy.local.errors import StackError
from deploy.operator.options import AsJson, Because, By, Service
from deploy.operator.platform import SERVICES, Platform, open_platform

Part = Annotated[
    Literal["intake", "consumer", "relay", "sending"] | None,
    typer.Option(help="Only this part; all of the service without."),
]


def pause(
    service: Annotated[Service, typer.Argument(help="Which one.")],
    *,
    because: Because,
    by: By,
    part: Part = None,
    as_json: AsJson = False,
) -> None:
    """Pause a service on all its replicas, also over restarts, until `relais resume`."""
    platform = open_platform()
    body = {"by": by, "because": because}
    for each in [part] if part else parts_of(platform, service):
        platform.call("PUT", service, f"/v1/pauses/{each}", body=body)
    _tell({service: pauses_of(platform, service)}, as_json=as_json)


def resume(
    service: Annotated[Service | None, typer.Argument(help="All of them without.")] = None,
    *,
    part: Part = None,
    as_json: AsJson = False,
) -> None:
    """End the pauses of a service, or of all of them."""
    platform = open_platform()
    left: dict[str, list[dict[str, Any]]] = {}
    refused: list[str] = []
    for each in [service] if service else SERVICES:
        try:
            left[each] = _resumed(platform, each, part)
        except StackError as error:
            # A service that cannot be reached does not keep the others paused.
            refused.append(str(error))
    _tell(left, as_json=as_json)
    if refused:
        raise StackError("; ".join(refused))


def _resumed(platform: Platform, service: str, part: str | None) -> list[dict[str, Any]]:
    """The parts of the service that are still paused afterwards."""
    for each in pauses_of(platform, service):
        if part in {None, each["part"]}:
            platform.call("DELETE", service, f"/v1/pauses/{each['part']}")
    return pauses_of(platform, service)


def parts_of(platform: Platform, service: str) -> list[str]:
    """The parts of a service that can be paused."""
    parts: list[str] = platform.get(service, "/v1/operations")["parts"]
    return parts


def pauses_of(platform: Platform, service: str) -> list[dict[str, Any]]:
    """The parts of a service that are paused."""
    pauses: list[dict[str, Any]] = platform.get(service, "/v1/operations")["pauses"]
    return pauses


def _tell(pauses: dict[str, list[dict[str, Any]]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(pauses, indent=2))
        return
    for service, found in pauses.items():
        held = ", ".join(f"{each['part']} ({each['because']})" for each in found)
        Console().print(f"{service}: {'paused: ' + held if held else 'goes on'}", markup=False)
