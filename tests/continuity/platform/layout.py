"""The ports and folders of one run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.ports import free_port
from deploy.local.stack.addresses import API_PORTS, Addresses

PROJECT: Final = Path(__file__).resolve().parents[3]
SERVICES: Final = tuple(API_PORTS)
APIS: Final = ("admission-api", "admission-api-2", "pathway-api", "notifications-api")
MLLP: Final = ("admission-mllp", "admission-mllp-2")
WORKERS: Final = tuple(f"{service}-worker-{number}" for service in SERVICES for number in (1, 2))
PROCESSES: Final = (*APIS, *MLLP, *WORKERS)
PUBLISHERS: Final = ("admission", "pathway", "notifications")
CONSUMES: Final[Mapping[str, tuple[str, ...]]] = {
    "pathway": ("admission",),
    "notifications": ("admission", "pathway"),
    "indicators": ("admission", "pathway", "notifications"),
}


def service_of(part: str) -> str:
    """The service that a process belongs to."""
    return part.partition("-")[0]


def operations_of(part: str) -> str:
    """The name of the port where a process says how it is: a worker has no other."""
    return part.replace("-api", "-operations").replace("-mllp", "-mllp-metrics")


def role_of(part: str) -> str:
    """The service and the kind of process, which is the same for all that do the same."""
    return "-".join(part.split("-")[:2])


@dataclass(frozen=True)
class Layout:
    """The folder of a run and its ports."""

    folder: Path
    ports: Mapping[str, int]

    @classmethod
    def chosen(cls, folder: Path) -> "Layout":
        """Choose free ports for every part and create the folders."""
        ports: dict[str, int] = {}
        servers = ("postgresql", "kafka", "kafka-controller", "proxy-postgresql", "proxy-kafka")
        unused = ("mail-sink", "mail-sink-smtp", "indicators-api")
        operations = [operations_of(part) for part in (*APIS, *MLLP)]
        for name in (*servers, *unused, "sms-gateway", *PROCESSES, *operations):
            ports[name] = free_port(avoid=ports.values())
        layout = cls(folder, ports)
        for each in (folder, layout.data, layout.logs, layout.failpoints):
            each.mkdir(parents=True, exist_ok=True)
            # Servers run as an unprivileged account.
            each.chmod(0o711)
        return layout

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def failpoints(self) -> Path:
        return self.folder / "failpoints"

    def seen_by_services(self) -> Addresses:
        """The addresses with the proxies' ports instead of the servers'."""
        seen = {
            **self.ports,
            "postgresql": self.ports["proxy-postgresql"],
            "kafka": self.ports["proxy-kafka"],
        }
        return Addresses(seen, {})

    @property
    def services(self) -> Mapping[int, str]:
        """Port of each API -> its service."""
        return {self.ports[api]: service_of(api) for api in APIS}

    def url(self, part: str) -> str:
        """The base URL of a part."""
        return self.seen_by_services().url(part)
