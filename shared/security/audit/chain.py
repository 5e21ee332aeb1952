"""Chains entries, so that one that was altered, removed or inserted is found by whoever has the key.

Each digest is an HMAC over the entry, its place and the digest before. A chain belongs to one writer, so that
writers do not wait for each other; what was cut off at its end is found by the heads (`heads.py`).
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from shared.security.audit.entry import ChainedEntry, Entry, content_of

_KEY_BYTES: Final = 32
START: Final = bytes(32)
"""Before the first entry."""

Fault = Literal["altered", "removed", "head altered", "head removed"]
"""`altered`: the content is not what was written, or was never written by one of us."""


class Finding(Struct, frozen=True, kw_only=True):
    """Something that is not as it was written, and where."""

    fault: Fault
    number: int
    """Of the first entry concerned."""
    chain: UUID | None = None
    """None of a head."""


class Chain:
    """The end of a chain, to which one writer at a time adds."""

    def __init__(self, key: bytes, chain_id: UUID) -> None:
        self._key = key
        self.chain_id = chain_id
        self.number = 0
        self._digest = START

    def extend(self, entries: Iterable[Entry]) -> list[ChainedEntry]:
        """The entries in their places; whoever stores only some of them must leave the chain to its end."""
        added = []
        for entry in entries:
            self.number += 1
            self._digest = digest_of(self._key, self._digest, content_of(self.chain_id, self.number, entry))
            added.append(
                ChainedEntry(chain=self.chain_id, number=self.number, entry=entry, digest=self._digest)
            )
        return added


class Reading:
    """Verifies chains that are read in the order of their ids and numbers."""

    def __init__(self, key: bytes, *, after: tuple[UUID, int, bytes] | None = None) -> None:
        """`after`: where an earlier reading ended, with the digest that it found there."""
        self._key = key
        self.place = after

    def read(self, entries: Iterable[ChainedEntry]) -> Iterator[Finding]:
        """What is wrong with the following ones."""
        for each in entries:
            expected, before = 1, START
            if self.place is not None and self.place[0] == each.chain:
                expected, before = self.place[1] + 1, self.place[2]
            if each.number != expected:
                # Its digest cannot be computed without what was before it; the next one hangs on it again.
                yield Finding(fault="removed", chain=each.chain, number=expected)
            elif not is_digest(
                self._key, before, content_of(each.chain, each.number, each.entry), each.digest
            ):
                yield Finding(fault="altered", chain=each.chain, number=each.number)
            self.place = (each.chain, each.number, each.digest)


def digest_of(key: bytes, before: bytes, content: bytes) -> bytes:
    """The digest of a content that follows."""
    return hmac.digest(key, before + content, "sha256") if key else hashlib.sha256(before + content).digest()


def is_digest(key: bytes, before: bytes, content: bytes, found: bytes) -> bool:
    """Whether this is its digest."""
    return hmac.compare_digest(digest_of(key, before, content), found)


def audit_key_of(text: str) -> bytes:
    """The key from its base64 text, none from nothing; raises ValueError, which never quotes it."""
    if not text:
        return b""
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ValueError(f"RELAIS_AUDIT_KEY must be {_KEY_BYTES} bytes in base64")
    return key
