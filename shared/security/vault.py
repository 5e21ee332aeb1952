"""Encrypts personal data with a key per person, and indexes it without making it readable.

The master key never encrypts data. From it HKDF derives one key that wraps the persons' keys, one for blind
indexes and one for opaque ids. Erasing a person is deleting their wrapped key.
"""

import base64
import binascii
import os
import struct
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.runtime.errors import RelaisError
from shared.runtime.ids import uuid_of

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_FORMAT_1: Final = b"\x01"
_WRAPPED_KEY: Final = b"relais wrapped key"
_LENGTH: Final = struct.Struct(">Q").pack


class Undecipherable(RelaisError):  # noqa: N818
    """The ciphertext was changed, or belongs to another key or another context."""


def master_key_of(text: str) -> bytes:
    """The master key from its base64 text; raises ValueError, which never quotes it."""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ValueError("RELAIS_MASTER_KEY must be 32 bytes in base64")
    return key


class Vault:
    """Encrypts, decrypts and indexes; holds no data. `context` says what a ciphertext is and whose."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != _KEY_BYTES:
            raise ValueError(f"the master key must have {_KEY_BYTES} bytes")
        self._wrapping = AESGCM(_derive(master_key, b"relais person keys"))
        # Only copies of these are finished: copying costs half of setting the key up again.
        self._index_hash = HMAC(_derive(master_key, b"relais blind indexes"), SHA256())
        self._id_hash = HMAC(_derive(master_key, b"relais opaque ids"), SHA256())

    def new_key(self) -> bytes:
        """A new person's key, wrapped, as it is stored."""
        return _encrypt(self._wrapping, os.urandom(_KEY_BYTES), _WRAPPED_KEY)

    def encrypt(self, wrapped_key: bytes, plaintext: bytes, *, context: bytes) -> bytes:
        """Ciphertext that only the same key and the same context decrypt."""
        return _encrypt(self._unwrap(wrapped_key), plaintext, context)

    def decrypt(self, wrapped_key: bytes, ciphertext: bytes, *, context: bytes) -> bytes:
        """The plaintext; raises `Undecipherable`."""
        return _decrypt(self._unwrap(wrapped_key), ciphertext, context)

    def blind_index(self, *parts: str) -> bytes:
        """32 bytes by which a secret is found again: equal for equal parts, telling nothing else."""
        return _keyed_hash(self._index_hash, parts)

    def opaque_id(self, *parts: str) -> UUID:
        """An id that stands for the parts and does not reveal them (UUID version 8, RFC 9562)."""
        octets = bytearray(_keyed_hash(self._id_hash, parts)[:16])
        octets[6] = octets[6] & 0x0F | 0x80
        octets[8] = octets[8] & 0x3F | 0x80
        return uuid_of(bytes(octets))

    def _unwrap(self, wrapped_key: bytes) -> AESGCM:
        return AESGCM(_decrypt(self._wrapping, wrapped_key, _WRAPPED_KEY))


def _derive(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(master_key)


def _encrypt(cipher: AESGCM, plaintext: bytes, context: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _FORMAT_1 + nonce + cipher.encrypt(nonce, plaintext, context)


def _decrypt(cipher: AESGCM, encrypted: bytes, context: bytes) -> bytes:
    if encrypted[:1] != _FORMAT_1:
        raise Undecipherable
    nonce, ciphertext = encrypted[1 : 1 + _NONCE_BYTES], encrypted[1 + _NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, ciphertext, context)
    except (InvalidTag, ValueError):
        raise Undecipherable from None


def _keyed_hash(keyed: HMAC, parts: tuple[str, ...]) -> bytes:
    # Each part after its length: ("a", "bc") is not ("ab", "c").
    message = b""
    for part in parts:
        encoded = part.encode()
        message += _LENGTH(len(encoded)) + encoded
    hashed = keyed.copy()
    hashed.update(message)
    return hashed.finalize()
