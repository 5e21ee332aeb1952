"""Finds the ports on which each container listens, from its command, environment or configuration file."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.compose.composition import Composition, Container

_PORT_OPTIONS: Final = {"--port", "--operations-port", "--smtp-port", "--http-port"}
_ENDPOINT: Final = re.compile(r"^0\.0\.0\.0:(\d+)$")
# Known from the images.
_BY_IMAGE: Final = {"postgres": 5432, "prom/prometheus": 9090, "grafana/grafana": 3000}


def listening_ports(composition: Composition) -> Mapping[str, set[int]]:
    """Container -> the ports that it listens on."""
    ports = {name: set(_ports(composition, each)) for name, each in composition.containers.items()}
    for name, container in composition.containers.items():
        _, shares, host = container.get("network_mode", "").partition("service:")
        if shares:
            ports[host] |= ports[name]
    return ports


def own_ports(container: Container) -> Iterator[int]:
    """The ports that one of our processes is configured to listen on."""
    for option, value in pairwise(container.get("command") or []):
        if option in _PORT_OPTIONS:
            yield int(value)
    environment = container.get("environment") or {}
    for name in ("RELAIS_METRICS_PORT", "RELAIS_MLLP_PORTS"):
        yield from (int(port) for port in environment.get(name, "").split(",") if port)


def _ports(composition: Composition, container: Container) -> Iterator[int]:
    image = container["image"].partition(":")[0]
    if image in _BY_IMAGE:
        yield _BY_IMAGE[image]
    yield from own_ports(container)
    listeners = (container.get("environment") or {}).get("KAFKA_LISTENERS", "")
    yield from (int(port) for port in re.findall(r"://:(\d+)", listeners))
    for mount in container.get("volumes", []):
        source = Path(mount["source"]) if mount["type"] == "bind" else None
        if source is not None and source.parent == composition.project / "deploy" / "otel":
            yield from _configured(yaml.safe_load(source.read_text(encoding="utf-8")))


def _configured(value: Any) -> Iterator[int]:
    for name, inner in (value if isinstance(value, dict) else {}).items():
        if name == "http_listen_port":
            yield inner
        elif name == "endpoint" and (found := _ENDPOINT.match(str(inner))):
            yield int(found[1])
        else:
            yield from _configured(inner)
