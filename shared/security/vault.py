"""Encrypts personal data with a key per person, and indexes it without making it readable.

A master key never encrypts data: HKDF derives from it the one that wraps persons' keys; and, from the key of
indexes, one for blind indexes and one for opaque ids. Erasing a person is deleting their wrapped key.
"""

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
from shared.security.master_keys import KEY_BYTES, MasterKeys, one_key

_NONCE_BYTES: Final = 12
_FORMAT_1: Final = b"\x01"
_NAMED: Final = b"\x02"
"""A key that is wrapped by a master key with an id: its length and the id follow."""
_WRAPPED_KEY: Final = b"relais wrapped key"
_CHECK: Final = b"relais check of a key"
INDEX_KEY: Final = "index key"
"""Where ids of master keys stand; none of them has a space."""
_LENGTH: Final = struct.Struct(">Q").pack


class Undecipherable(RelaisError):  # noqa: N818
    """The ciphertext was changed, or belongs to another key, to none that is known, or to another context."""


class Vault:
    """Encrypts, decrypts and indexes; holds no data. `context` says what a ciphertext is and whose."""

    def __init__(self, master_keys: MasterKeys | bytes) -> None:
        known = one_key(master_keys) if isinstance(master_keys, bytes) else master_keys
        self._wrapping = {
            _head(name): AESGCM(_derive(key, b"relais person keys")) for name, key in known.keys.items()
        }
        self._current_head = _head(known.current)
        self.current: Final = known.current
        """The id of the master key that wraps what is new."""
        self.checks: Final = {
            INDEX_KEY: _derive(known.index_key, _CHECK),
            **{name: _derive(key, _CHECK) for name, key in known.keys.items()},
        }
        """Id of each master key, and `INDEX_KEY` -> 32 bytes by which that key is known again."""
        # Only copies of these are finished: copying costs half of setting the key up again.
        self._index_hash = HMAC(_derive(known.index_key, b"relais blind indexes"), SHA256())
        self._id_hash = HMAC(_derive(known.index_key, b"relais opaque ids"), SHA256())

    def new_key(self) -> bytes:
        """A new person's key, wrapped, as it is stored."""
        return self._wrap(os.urandom(KEY_BYTES))

    def opens(self, wrapped_key: bytes) -> bool:
        """Whether it is a key that one of the master keys wrapped."""
        try:
            self._data_key(wrapped_key)
        except Undecipherable:
            return False
        return True

    def rewrap(self, wrapped_key: bytes) -> bytes:
        """The same key under the current master key; raises `Undecipherable`."""
        return self._wrap(self._data_key(wrapped_key))

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

    def _wrap(self, data_key: bytes) -> bytes:
        head = self._current_head
        return head + _encrypt(self._wrapping[head], data_key, head + _WRAPPED_KEY)

    def _unwrap(self, wrapped_key: bytes) -> AESGCM:
        return AESGCM(self._data_key(wrapped_key))

    def _data_key(self, wrapped_key: bytes) -> bytes:
        named = wrapped_key[:1] == _NAMED
        head = wrapped_key[: 2 + wrapped_key[1]] if named and len(wrapped_key) > 1 else b""
        wrapping = self._wrapping.get(head)
        if wrapping is None:
            raise Undecipherable
        return _decrypt(wrapping, wrapped_key[len(head) :], head + _WRAPPED_KEY)


def beginning(name: str) -> bytes:
    """What every wrapped key begins with that the master key of this id wrapped, and no other."""
    return _head(name) or _FORMAT_1


def _head(name: str) -> bytes:
    """What stands before a key that the master key of this id wrapped; nothing where it has none."""
    return _NAMED + bytes((len(name),)) + name.encode() if name else b""


def _derive(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(master_key)


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
