"""Names the certificate that a caller's connection showed."""

import hashlib
from typing import Final

CLIENT_CERTIFICATE: Final = "relais.client_certificate"
"""Where a request's scope has it."""


class ClientCertificate(str):
    """The certificate that the caller's connection showed: `sha256:` and the digest of its DER, as hex.

    Only the server of that connection makes one, so no header is ever taken for it.
    """

    __slots__ = ()

    @classmethod
    def of(cls, der: bytes) -> "ClientCertificate":
        """How a certificate is written, here and among the callers of MLLP."""
        return cls(f"sha256:{hashlib.sha256(der).hexdigest()}")
