"""Defines the settings that every service reads from its environment."""

import os
from collections.abc import Mapping
from typing import ClassVar, Self

from shared.runtime import environment as process_environment
from shared.security.audit.chain import audit_key_of
from shared.spine.kafka.settings import BrokerSettings


class ServiceSettings(BrokerSettings, frozen=True, kw_only=True):
    """The environment of a process of a service, which adds its own."""

    service: ClassVar[str]
    """Whose settings they are, for the message of a process that cannot start."""

    database_url: str
    publishers: str = ""
    """Where the ledgers of the consumed services are: `name=https://host:port,...`."""
    ca_file: str = ""
    """File with the authorities of the other services' certificates; none is the machine's own list."""
    peer_key: str = ""
    """The key with which this service reads them."""
    peer_key_sha256: str = ""
    """Digest of the key with which the platform's services read what this one holds."""
    audit_key: str = ""
    """32 bytes in base64, without which nobody can write an entry of the audit that is taken for ours."""
    metrics_port: int = 0
    """Port of the worker's metrics; 0 is any free one."""

    def __post_init__(self) -> None:
        super().__post_init__()
        process_environment.named_addresses(self.publishers, variable="RELAIS_PUBLISHERS")
        audit_key_of(self.audit_key)
        process_environment.sha256_digest(self.peer_key_sha256, variable="RELAIS_PEER_KEY_SHA256")

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read them; ends the process with one message that names all that is missing, or what is wrong."""
        return process_environment.read(cls, cls.service, environment)
