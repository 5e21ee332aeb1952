"""Defines the settings that every service reads from its environment."""

import os
from collections.abc import Mapping
from typing import ClassVar, Self

import msgspec

from shared.runtime import environment as process_environment
from shared.security.audit.chain import audit_key_of
from shared.spine.kafka.broker import Broker, SaslMechanism, SecurityProtocol


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True, rename=process_environment.variable):
    """The environment of a process; each field is the variable `RELAIS_<FIELD>`. A service adds its own."""

    service: ClassVar[str]
    """Whose settings they are, for the message of a process that cannot start."""

    database_url: str
    kafka_bootstrap: str
    kafka_security_protocol: SecurityProtocol = "PLAINTEXT"
    """Whether the wire to the broker is encrypted (SSL), and whether it asks who we are (SASL)."""
    kafka_sasl_mechanism: SaslMechanism = "PLAIN"
    kafka_user: str = ""
    kafka_password: str = ""
    kafka_ca_file: str = ""
    """File with the authority of the broker's certificate; none is the machine's own list."""
    publishers: str = ""
    """Where the ledgers of the consumed services are: `name=http://host:port,...`."""
    peer_key: str = ""
    """The key with which this service reads them."""
    peer_key_sha256: str = ""
    """Digest of the key with which the platform's services read what this one holds."""
    audit_key: str = ""
    """32 bytes in base64, without which nobody can write an entry of the audit that is taken for ours."""
    metrics_port: int = 0
    """Port of the worker's metrics; 0 is any free one."""

    def __post_init__(self) -> None:
        process_environment.named_addresses(self.publishers, variable="RELAIS_PUBLISHERS")
        audit_key_of(self.audit_key)
        self.broker  # noqa: B018 - refuses what does not go together
        process_environment.sha256_digest(self.peer_key_sha256, variable="RELAIS_PEER_KEY_SHA256")

    @property
    def broker(self) -> Broker:
        """The broker, as this service uses it."""
        return Broker(
            addresses=self.kafka_bootstrap,
            protocol=self.kafka_security_protocol,
            mechanism=self.kafka_sasl_mechanism,
            user=self.kafka_user,
            password=self.kafka_password,
            ca_file=self.kafka_ca_file,
        )

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read them; ends the process with one message that names all that is missing, or what is wrong."""
        return process_environment.read(cls, cls.service, environment)
