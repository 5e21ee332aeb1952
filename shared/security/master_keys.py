"""Reads the master keys of a service: several with ids, of which the first one wraps what is new.

Blind indexes and opaque ids have a key of their own: they could not be found again under another one, so that
one stays while the others rotate (decision 0066).
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

KEY_BYTES: Final = 32
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,32}")


@dataclass(frozen=True)
class MasterKeys:
    """The keys by their ids; the id of the only key of an installation that never rotated is empty."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)


def one_key(key: bytes) -> MasterKeys:
    """The keys of an installation that never rotated."""
    if len(key) != KEY_BYTES:
        raise ValueError(f"the master key must have {KEY_BYTES} bytes")
    return MasterKeys("", {"": key}, key)


def master_keys_of(text: str, index_key: str = "") -> MasterKeys:
    """From `base64` or `id:base64,base64,...`, the current one first; raises ValueError, which quotes none.

    `index_key` may be left out where there is one key that never rotated, from which it was derived so far.
    """
    keys: dict[str, bytes] = {}
    for entry in text.strip().replace("\n", ",").split(","):
        name, colon, encoded = entry.strip().rpartition(":")
        if name in keys or (colon and not _ID.fullmatch(name)):
            raise ValueError("RELAIS_MASTER_KEY must read id:base64,...: each id once, letters and digits")
        keys[name] = _key_of(encoded, variable="RELAIS_MASTER_KEY")
    # One with an id may be what a rotation left: another index would find nobody again, and say nothing.
    if not index_key and list(keys) != [""]:
        raise ValueError("RELAIS_INDEX_KEY is needed beside master keys with ids: the first one there was")
    of_indexes = _key_of(index_key, variable="RELAIS_INDEX_KEY") if index_key else next(iter(keys.values()))
    return MasterKeys(next(iter(keys)), keys, of_indexes)


def _key_of(text: str, *, variable: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"{variable} must be {KEY_BYTES} bytes in base64")
    return key
