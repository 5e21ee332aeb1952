"""Says where the broker is, and as whom it is used."""

from dataclasses import dataclass, field
from typing import Final, Literal

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

ENCRYPTED: Final = ("SSL", "SASL_SSL")
WITH_LOGIN: Final = ("SASL_PLAINTEXT", "SASL_SSL")


@dataclass(frozen=True, kw_only=True)
class Broker:
    """A broker that asks who one is, or proves who it is."""

    addresses: str
    protocol: SecurityProtocol = "PLAINTEXT"
    mechanism: SaslMechanism = "PLAIN"
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    """Whose certificates are believed; none is the machine's own list."""
    certificate_file: str = ""
    """With our certificate and its private key, for a broker that asks for one."""

    def __post_init__(self) -> None:
        if self.protocol in WITH_LOGIN and not (self.user and self.password):
            raise ValueError(f"RELAIS_KAFKA_USER and RELAIS_KAFKA_PASSWORD must be set for {self.protocol}")
        if self.protocol not in WITH_LOGIN and (self.user or self.password):
            raise ValueError(f"RELAIS_KAFKA_SECURITY_PROTOCOL {self.protocol} sends no user and password")
        if (self.ca_file or self.certificate_file) and self.protocol not in ENCRYPTED:
            raise ValueError(f"RELAIS_KAFKA_SECURITY_PROTOCOL {self.protocol} shows no certificate")


Bootstrap = str | Broker
"""Addresses alone are those of a broker that asks nobody who they are."""
