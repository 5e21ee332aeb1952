"""Defines the settings that admission reads from its environment."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from services.admission.domain.hl7v2.callers import Binding, bindings_of, port_of
from shared.runtime.environment import named_addresses, sha256_digest
from shared.runtime.secret_files import require_private
from shared.security.master_keys import MasterKeys, master_keys_of
from shared.security.signatures import Signer, signer_of
from shared.spine.service.settings import ServiceSettings
from shared.web.outbound.networks import Network, networks_of


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """The environment of a process of admission."""

    service: ClassVar[str] = "admission"

    master_key: str
    """32 bytes in base64; or several, `id:base64,...`, of which the first one wraps what is new."""
    index_key: str = ""
    """Finds numbers and addresses again, whatever master key there is; without, the only master key."""
    peers: str = ""
    """Where the services are that receipts ask: `name=http://host:port,...`."""
    test_numbers: Literal["accepted", "refused"] = "refused"
    """Whether INS of tests and demonstrations mean anybody: never where there are real persons."""
    grant_signing_key: str = ""
    """Private key that signs what is granted: `id=base64` of 32 bytes; without it nothing can be."""
    callback_networks: str = ""
    """Networks that callbacks may go to beside public addresses: `10.20.0.0/16,...`; with those of this
    machine, also by http."""
    callback_ca_file: str = ""
    """File with the authorities of their endpoints' certificates; none is the machine's own list."""
    bootstrap_key_sha256: str = ""
    """Digest of the operator's key that exists from the start."""
    mllp_host: str = "127.0.0.1"
    """Where the MLLP process listens."""
    mllp_ports: str = ""
    """Where it listens beside the ports of `mllp_sources`, for the callers that an operator allowed."""
    mllp_sources: str = ""
    """Whose messages come over MLLP: `port[@network or @sha256:certificate]=source id,...`."""
    mllp_certificate: str = ""
    """File with our certificate, for TLS on every port."""
    mllp_key: str = ""
    """File with its private key, unless that is in the same one."""
    mllp_client_ca: str = ""
    """File with the authorities of clients' certificates: every client must show one then."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.master_keys  # noqa: B018 - raises
        signer_of(self.grant_signing_key, variable="RELAIS_GRANT_SIGNING_KEY")
        named_addresses(self.peers, variable="RELAIS_PEERS")
        self.networks_of_callbacks  # noqa: B018 - raises
        bindings_of(self.mllp_sources)
        self.ports_of_mllp  # noqa: B018 - raises
        if private := self.mllp_key or self.mllp_certificate:
            require_private(
                private, variable="RELAIS_MLLP_KEY" if self.mllp_key else "RELAIS_MLLP_CERTIFICATE"
            )
        sha256_digest(self.bootstrap_key_sha256, variable="RELAIS_BOOTSTRAP_KEY_SHA256")

    @property
    def master_keys(self) -> MasterKeys:
        """What wraps persons' keys, and the key of indexes."""
        return master_keys_of(self.master_key, self.index_key)

    @property
    def peer_urls(self) -> Mapping[str, str]:
        """Name of each service that receipts ask -> where its API is."""
        return named_addresses(self.peers, variable="RELAIS_PEERS")

    @property
    def networks_of_callbacks(self) -> Sequence[Network]:
        """Where callbacks may go beside public addresses."""
        return networks_of(self.callback_networks, variable="RELAIS_CALLBACK_NETWORKS")

    @property
    def mllp_bindings(self) -> Sequence[Binding]:
        """Which source speaks on which port, from where."""
        return bindings_of(self.mllp_sources)

    @property
    def ports_of_mllp(self) -> Sequence[int]:
        """Where the MLLP process listens."""
        named = [port_of(text) for text in self.mllp_ports.split(",") if text.strip()]
        return sorted({*named, *(each.port for each in self.mllp_bindings if each.port is not None)})

    @property
    def signer(self) -> Signer | None:
        """Signs what is granted."""
        return signer_of(self.grant_signing_key, variable="RELAIS_GRANT_SIGNING_KEY")
