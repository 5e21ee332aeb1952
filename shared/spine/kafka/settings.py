"""Defines the settings of whoever uses the broker."""

import msgspec

from shared.runtime.environment import variable
from shared.runtime.secret_files import require_private
from shared.spine.kafka.broker import Broker, SaslMechanism, SecurityProtocol


class BrokerSettings(msgspec.Struct, frozen=True, kw_only=True, rename=variable):
    """How the broker is reached, and as whom; each field is the variable `RELAIS_<FIELD>`."""

    kafka_bootstrap: str
    kafka_security_protocol: SecurityProtocol = "PLAINTEXT"
    """Whether the wire to the broker is encrypted (SSL), and whether it asks who we are (SASL)."""
    kafka_sasl_mechanism: SaslMechanism = "PLAIN"
    kafka_user: str = ""
    kafka_password: str = ""
    kafka_ca_file: str = ""
    """File with the authority of the broker's certificate; none is the machine's own list."""
    kafka_certificate_file: str = ""
    """File with our certificate and its private key, for a broker that asks for one (SSL, SASL_SSL)."""

    def __post_init__(self) -> None:
        self.broker  # noqa: B018 - refuses what does not go together
        if self.kafka_certificate_file:
            require_private(self.kafka_certificate_file, variable="RELAIS_KAFKA_CERTIFICATE_FILE")

    @property
    def broker(self) -> Broker:
        """The broker, as this process uses it."""
        return Broker(
            addresses=self.kafka_bootstrap,
            protocol=self.kafka_security_protocol,
            mechanism=self.kafka_sasl_mechanism,
            user=self.kafka_user,
            password=self.kafka_password,
            ca_file=self.kafka_ca_file,
            certificate_file=self.kafka_certificate_file,
        )
