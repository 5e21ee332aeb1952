"""Chooses the port of each part and remembers it, so that links in messages still open after a restart."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import HOST, choose_port, holders

FILE = "ports.json"
API_PORTS = {"admission": 8101, "pathway": 8102, "notifications": 8103, "indicators": 8104}
USUAL_PORTS: Mapping[str, int] = {
    "postgresql": 15432,
    "kafka": 19092,
    "kafka-controller": 19093,
    "mail-sink": 8106,
    "mail-sink-smtp": 8125,
    "sms-gateway": 8105,
    "zipkin": 9411,
    **{f"{service}-api": port for service, port in API_PORTS.items()},
    **{f"{service}-operations": port + 30 for service, port in API_PORTS.items()},
    "admission-mllp": 2575,
    "admission-mllp-metrics": 8121,
    **{f"{service}-worker": port + 10 for service, port in API_PORTS.items()},
}


@dataclass(frozen=True)
class Addresses:
    """The ports of one run, by the name of what listens."""

    ports: Mapping[str, int]
    notes: Mapping[str, str]

    def port(self, name: str) -> int:
        """Its port."""
        return self.ports[name]

    def url(self, name: str) -> str:
        """Its address for HTTP."""
        return f"http://{HOST}:{self.ports[name]}"

    @property
    def bootstrap(self) -> str:
        """Where Kafka's clients begin."""
        return f"{HOST}:{self.ports['kafka']}"


def choose_addresses(
    usual: Mapping[str, int] = USUAL_PORTS, *, kept: Mapping[str, int] | None = None
) -> Addresses:
    """The port that each part had before (`kept`), else its usual one; a free one where that is taken.

    A note says why a part is not on its usual port.
    """
    wanted = {**usual, **{name: port for name, port in (kept or {}).items() if name in usual}}
    ports: dict[str, int] = {}
    for name, port in wanted.items():
        ports[name] = choose_port(port, avoid={*ports.values(), *wanted.values(), *usual.values()} - {port})
    holding = holders({port for name, port in wanted.items() if port and ports[name] != port})
    notes: dict[str, str] = {}
    for name, port in wanted.items():
        if port in holding and ports[name] != port:
            notes[name] = f"port {port} is taken by {holding[port]}"
        elif usual[name] and port != usual[name]:
            notes[name] = f"port {usual[name]} was taken when this one was chosen; it stays"
    return Addresses(ports, notes)


def keep_addresses(folder: Path, usual: Mapping[str, int] = USUAL_PORTS) -> Addresses:
    """The addresses of a stack with its state in `folder`: those of its earlier runs where they are free."""
    file = folder / FILE
    try:
        kept: Mapping[str, int] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        kept = {}
    addresses = choose_addresses(usual, kept=kept)
    unfinished = file.with_name(f"{FILE}.new")
    unfinished.write_text(json.dumps({**kept, **addresses.ports}, indent=2))
    unfinished.replace(file)
    return addresses
