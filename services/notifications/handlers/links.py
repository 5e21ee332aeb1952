"""Which link does a message hold? One per obligation, always the same; its token is stored nowhere."""

import base64
import hashlib
from datetime import timedelta
from typing import Final
from uuid import UUID

from shared.security.vault import Vault

LIVES: Final = timedelta(days=7)

_TOKEN_BYTES: Final = 8  # 11 characters in the SMS; guessing one of a million live ones takes 2e13 tries


def token_of(vault: Vault, obligation_id: UUID) -> str:
    """Derived, so that a message that is sent again is the same to the letter."""
    secret = vault.blind_index("page", str(obligation_id))[:_TOKEN_BYTES]
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def digest_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()
