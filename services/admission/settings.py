"""What does admission take from its environment? Read once, complete or not at all."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from shared.runtime.environment import named_addresses, sha256_digest
from shared.security.vault import master_key_of

_REQUIRED = ("RELAIS_DATABASE_URL", "RELAIS_KAFKA_BOOTSTRAP", "RELAIS_MASTER_KEY")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The environment of an admission process."""

    database_url: str
    kafka_bootstrap: str
    master_key: bytes
    peers: Mapping[str, str]
    """Name of each service that receipts ask -> where its API is."""
    bootstrap_key_sha256: str | None = None
    """Digest of the operator's key that exists from the start."""
    peer_key_sha256: str = ""
    """Digest of the key with which the platform's services read the ledger."""
    metrics_port: int = 0

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read them; ends the process with one message that names all that is missing or wrong."""
        missing = [name for name in _REQUIRED if not environment.get(name)]
        if missing:
            raise SystemExit(f"admission needs in its environment: {', '.join(missing)}")
        try:
            return cls(
                database_url=environment["RELAIS_DATABASE_URL"],
                kafka_bootstrap=environment["RELAIS_KAFKA_BOOTSTRAP"],
                master_key=master_key_of(environment["RELAIS_MASTER_KEY"]),
                peers=named_addresses(environment.get("RELAIS_PEERS", ""), variable="RELAIS_PEERS"),
                bootstrap_key_sha256=_digest(environment, "RELAIS_BOOTSTRAP_KEY_SHA256") or None,
                peer_key_sha256=_digest(environment, "RELAIS_PEER_KEY_SHA256"),
                metrics_port=int(environment.get("RELAIS_METRICS_PORT", "0")),
            )
        except ValueError as error:
            raise SystemExit(f"admission cannot start: {error}") from None


def _digest(environment: Mapping[str, str], variable: str) -> str:
    return sha256_digest(environment.get(variable, ""), variable=variable)
