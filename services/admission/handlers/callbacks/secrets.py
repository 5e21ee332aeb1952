"""Makes and seals the secrets by which a source knows that a callback is ours."""

import os
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.admission.storage.callbacks.endpoints import Endpoint
from shared.security.vault import Vault

_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32


def new_secret() -> str:
    """A secret that nobody has, as Standard Webhooks writes it."""
    return _PREFIX + b64encode(os.urandom(_SECRET_BYTES)).decode()


def seal(vault: Vault, source_id: UUID, wrapped_key: bytes, secret: str) -> bytes:
    """The secret as it is stored."""
    return vault.encrypt(wrapped_key, secret.encode(), context=_context(source_id))


def secrets_of(vault: Vault, source_id: UUID, endpoint: Endpoint, *, now: datetime) -> Sequence[str]:
    """Those that sign now, the newest first: two while a rotation lasts."""
    sealed = [endpoint.secret]
    if endpoint.former_secret and endpoint.former_until and now < endpoint.former_until:
        sealed.append(endpoint.former_secret)
    return [
        vault.decrypt(endpoint.wrapped_key, each, context=_context(source_id)).decode() for each in sealed
    ]


def _context(source_id: UUID) -> bytes:
    return b"callback secret " + source_id.bytes
