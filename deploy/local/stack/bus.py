"""Says who uses the bus, and which services read whose events."""

from collections.abc import Mapping, Sequence
from typing import Final

from deploy.local.servers.kafka_users import BROKER, OPERATOR

CONSUMED: Final[Mapping[str, Sequence[str]]] = {
    "pathway": ("admission",),
    "notifications": ("admission", "pathway"),
    "indicators": ("admission", "pathway", "notifications"),
}
"""Whose events a service reads, and, where some are missing, whose ledger."""
SERVICES: Final = ("admission", *CONSUMED)
IDENTITIES: Final = (BROKER, OPERATOR, *SERVICES)
