"""Adds to a service's settings the public keys of those whose signed statements count."""

from shared.security.signatures import Verifier, keys_of
from shared.spine.service.settings import ServiceSettings

_VARIABLE = "RELAIS_GRANT_KEYS"


class VerifyingSettings(ServiceSettings, frozen=True, kw_only=True):
    """The environment of a process that grants no sight and forgets nobody on anybody's mere word."""

    grant_keys: str = ""
    """Public keys of those who may sign grants and erasures: `id=base64,...`; without any, none counts."""

    def __post_init__(self) -> None:
        super().__post_init__()
        keys_of(self.grant_keys, variable=_VARIABLE)

    @property
    def verifier(self) -> Verifier:
        """Knows who may sign grants of access and erasures."""
        return Verifier(keys_of(self.grant_keys, variable=_VARIABLE))
