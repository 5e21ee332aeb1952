"""What does pathway take from its environment? Read once, complete or not at all."""

import os
from collections.abc import Mapping
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from services.pathway.domain.rules import RULES, Rules
from shared.runtime import environment as process_environment


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename=process_environment.variable):
    """The environment of a process of pathway; each field is the variable `RELAIS_<FIELD>`."""

    database_url: str
    kafka_bootstrap: str
    publishers: str = ""
    """Where the ledgers of the services are that this one consumes: `name=http://host:port,...`."""
    peer_key: str = ""
    """Opens them."""
    peer_key_sha256: str = ""
    """Digest of the key with which the platform's services read what this one holds."""
    metrics_port: int = 0
    """Of the worker; 0 is any free one."""
    arrival_grace_seconds: float = RULES.arrival_grace.total_seconds()
    arrival_default_seconds: float = RULES.arrival_default.total_seconds()

    def __post_init__(self) -> None:
        process_environment.named_addresses(self.publishers, variable="RELAIS_PUBLISHERS")
        process_environment.sha256_digest(self.peer_key_sha256, variable="RELAIS_PEER_KEY_SHA256")

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read them; ends the process with one message that names all that is missing."""
        return process_environment.read(cls, "pathway", environment)

    @property
    def rules(self) -> Rules:
        return replace(
            RULES,
            arrival_grace=timedelta(seconds=self.arrival_grace_seconds),
            arrival_default=timedelta(seconds=self.arrival_default_seconds),
        )
