"""What is an API key? 256 random bits, shown once; everywhere else there is only its hash.

SHA-256 without salt is enough, and allows a lookup by hash: there is no dictionary of random keys.
"""

import hashlib
import secrets

_PREFIX = "relais_"
_RANDOM_BYTES = 32


def new_key() -> tuple[str, str]:
    """A key that nobody has had before, and its SHA-256 as hex."""
    key = _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    return key, sha256_of(key)


def sha256_of(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
