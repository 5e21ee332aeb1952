"""Checks that every address in the file has a listener, and that no port is open to the network."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import yaml

from deploy.compose.composition import ROLES, Composition
from deploy.compose.listening import listening_ports, own_ports
from deploy.compose.networks import networks_of

_ADDRESS: Final = re.compile(r"(?:://|@|^|,)(?P<host>[a-z][a-z0-9-]*|127\.0\.0\.1):(?P<port>\d+)\b")
_LOOPBACK: Final = "127.0.0.1"
_HERE: Final = (_LOOPBACK, "localhost")


def check_addresses(composition: Composition) -> Iterator[str]:
    """Addresses without a listener, ports published too widely or twice, processes that are not scraped."""
    listening = listening_ports(composition)
    yield from _published(composition, listening)
    for place, text in _texts(composition):
        for found in _ADDRESS.finditer(text):
            host, port = found["host"], int(found["port"])
            if host in _HERE:
                continue
            container = place.partition(" ")[0]
            if port not in listening.get(host, set()):
                yield f"{place}: nobody listens at {host}:{port}"
            elif container in composition.containers and not _reaches(composition, container, host):
                yield f"{place}: {container} shares no network with {host}"
    yield from _own_addresses(composition)
    yield from _scraped(composition)


def _published(composition: Composition, listening: Mapping[str, set[int]]) -> Iterator[str]:
    taken: Counter[str] = Counter()
    for name, container in composition.containers.items():
        for port in container.get("ports", []):
            taken[port["published"]] += 1
            if port.get("host_ip") != _LOOPBACK:
                yield f"{name}: port {port['published']} is open to the network"
            if port["target"] not in listening[name]:
                yield f"{name}: nobody listens on the published port {port['target']}"
    yield from (f"port {port} is published {times} times" for port, times in taken.items() if times > 1)


def _texts(composition: Composition) -> Iterator[tuple[str, str]]:
    """Every text of a container that may contain an address."""
    for name, container in composition.containers.items():
        environment = container.get("environment") or {}
        yield from ((f"{name} {variable}", str(value)) for variable, value in environment.items())
        if "RELAIS_SMTP_HOST" in environment:
            smtp = f"{environment['RELAIS_SMTP_HOST']}:{environment.get('RELAIS_SMTP_PORT')}"
            yield f"{name} RELAIS_SMTP_HOST", smtp
    deploy = composition.project / "deploy"
    files = [*(deploy / "otel").glob("*.yml"), *(deploy / "grafana" / "provisioning").rglob("*.yml")]
    for file in sorted(files):
        yield from (
            (file.name, value) for value in _strings(yaml.safe_load(file.read_text(encoding="utf-8")))
        )


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _own_addresses(composition: Composition) -> Iterator[str]:
    """Addresses of the process itself, for its health check, and published ports, for browsers."""
    published = {
        int(port["published"]) for each in composition.containers.values() for port in each.get("ports", [])
    }
    for name, container in composition.own.items():
        environment = container.get("environment") or {}
        health = _ADDRESS.search(environment.get("RELAIS_HEALTH_URL", ""))
        if container.get("healthcheck", {}).get("disable"):
            continue
        if health is None or int(health["port"]) not in set(own_ports(container)):
            yield f"{name}: RELAIS_HEALTH_URL does not lead to itself"
        public = _ADDRESS.search(environment.get("RELAIS_PUBLIC_URL", ""))
        if public is not None and int(public["port"]) not in published:
            yield f"{name}: RELAIS_PUBLIC_URL is not published"


def _scraped(composition: Composition) -> Iterator[str]:
    file: Path = composition.project / "deploy" / "otel" / "prometheus.yml"
    jobs = yaml.safe_load(file.read_text(encoding="utf-8"))["scrape_configs"]
    targets = {
        (config["labels"]["service"], config["labels"]["process"], target.partition(":")[0])
        for job in jobs
        for config in job["static_configs"]
        for target in config["targets"]
    }
    expected = {(service, role, f"{service}-{role}") for service, roles in ROLES.items() for role in roles}
    for service, role, host in targets ^ expected:
        yield f"{file.name}: {host} ({service}, {role}) is not scraped as what it is"


def _reaches(composition: Composition, container: str, host: str) -> bool:
    return not networks_of(composition, container).isdisjoint(networks_of(composition, host))
