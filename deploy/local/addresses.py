"""Where does each part listen in this run, and why not on its usual port?"""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.local.ports import HOST, choose_port, holder

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


def choose_addresses(usual: Mapping[str, int] = USUAL_PORTS) -> Addresses:
    """The usual port for each, or a free one with a note that says who has the usual one."""
    ports: dict[str, int] = {}
    notes: dict[str, str] = {}
    for name, port in usual.items():
        ports[name] = choose_port(port, avoid={*ports.values(), *usual.values()} - {port})
        if port and ports[name] != port:
            notes[name] = f"port {port} is taken by {holder(port)}"
    return Addresses(ports, notes)
