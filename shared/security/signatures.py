"""Signs what admission grants and whom it has forgotten, and verifies it before it counts.

Ed25519, with the id of the key beside each signature: readers know several keys, so that a new one can sign
while what the former one signed stays valid. What is signed is stated here field by field; a field that is
added to the contract later is not covered until it is added here, with a new first line.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec.structs import replace

from shared.events.erasure import PersonErased
from shared.events.relations import RelationEnded, RelationGranted

Signed = RelationGranted | RelationEnded | PersonErased

_NAMED_KEY: Final = re.compile(r"([A-Za-z0-9._-]{1,40})=([A-Za-z0-9+/]{43}=)")


class Signer:
    """Signs with one key."""

    def __init__(self, key_id: str, private_key: bytes) -> None:
        self._key_id = key_id
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)

    def granted(self, subject: UUID, grant: RelationGranted) -> RelationGranted:
        """The grant about this subject, signed."""
        named = replace(grant, key_id=self._key_id)
        return replace(named, signature=self._sign(subject, named))

    def ended(self, subject: UUID, grant_id: UUID, revision: int) -> RelationEnded:
        """The end of a grant about this subject, signed."""
        named = RelationEnded(grant_id=grant_id, revision=revision, key_id=self._key_id, signature="")
        return replace(named, signature=self._sign(subject, named))

    def erased(self, subject: UUID, erasure_id: UUID) -> PersonErased:
        """That this subject is to be forgotten, signed."""
        named = PersonErased(erasure_id=erasure_id, key_id=self._key_id, signature="")
        return replace(named, signature=self._sign(subject, named))

    @property
    def public_key(self) -> str:
        """The setting by which others verify: `id=base64`."""
        return f"{self._key_id}={base64.b64encode(self._key.public_key().public_bytes_raw()).decode()}"

    def _sign(self, subject: UUID, stated: Signed) -> str:
        return base64.b64encode(self._key.sign(_content(subject, stated))).decode()


class Verifier:
    """Knows the keys that may have signed; without any, nothing is valid."""

    def __init__(self, public_keys: Mapping[str, bytes]) -> None:
        self._keys = {key_id: Ed25519PublicKey.from_public_bytes(key) for key_id, key in public_keys.items()}

    def is_valid(self, subject: UUID, stated: Signed) -> bool:
        """Whether a key that is known here signed exactly this, about this subject."""
        key = self._keys.get(stated.key_id)
        if key is None:
            return False
        try:
            key.verify(base64.b64decode(stated.signature, validate=True), _content(subject, stated))
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def signer_of(text: str, *, variable: str) -> Signer | None:
    """The signer from `id=base64` of 32 bytes, none from nothing; raises ValueError, which quotes no key."""
    if not text:
        return None
    keys = list(keys_of(text, variable=variable).items())
    if len(keys) != 1:
        raise ValueError(f"{variable} must read id=<32 bytes in base64>")
    return Signer(*keys[0])


def keys_of(text: str, *, variable: str) -> dict[str, bytes]:
    """Keys of 32 bytes by their ids, from `id=base64,...`; raises ValueError, which quotes none of them."""
    keys: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        named = _NAMED_KEY.fullmatch(entry)
        if named is None or named[1] in keys:
            raise ValueError(f"{variable} must read id=<32 bytes in base64>,...")
        keys[named[1]] = base64.b64decode(named[2])
    return keys


def _content(subject: UUID, stated: Signed) -> bytes:
    fields: list[object]
    if isinstance(stated, PersonErased):
        return msgspec.json.encode(["relais person erased 1", subject, stated.erasure_id, stated.key_id])
    if isinstance(stated, RelationEnded):
        fields = ["relais relation ended 1"]
    else:
        fields = [
            "relais relation granted 1",
            stated.basis,
            stated.establishments,
            stated.of,
            _moment(stated.begins_at),
            _moment(stated.ends_at),
        ]
    return msgspec.json.encode([*fields, subject, stated.grant_id, stated.revision, stated.key_id])


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
