"""Callers, and the API keys by which they are recognised.

A key is 256 random bits, shown once; everywhere else there is only its SHA-256. Without salt is enough, and
allows a lookup by hash: there is no dictionary of random keys.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.events.admission import UNLIMITED, KeyLimits, Scope

_KEY_PREFIX: Final = "relais_"
_KEY_BYTES: Final = 32


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A caller whose key was recognised."""

    source_id: UUID
    establishment: str | None
    """FINESS number the key is bound to; None for the platform's own operators."""
    scopes: frozenset[Scope]
    sites: frozenset[str] = frozenset()
    """Other sites of its legal entity to which the key is bound, too."""
    key_id: UUID | None = None
    """Which key it was, for the record of what an operator looked at or decided."""
    expires_soon_at: datetime | None = None
    """When the key ends, in its last days."""
    limits: KeyLimits = UNLIMITED
    """What the key may use of one process."""

    @property
    def is_platform_operator(self) -> bool:
        """Whether it is an operator of the whole platform, whose key no establishment has."""
        return self.establishment is None and "operator" in self.scopes

    def may_see(self, establishment: str) -> bool:
        """Whether this establishment's data is within reach: all of it is for an operator bound to none."""
        if self.establishment is None:
            return "operator" in self.scopes
        return self.is_bound_to(establishment)

    def may_state(self, establishment: str) -> bool:
        """Whether the caller may state facts of this establishment; a key bound to none may for all."""
        return self.establishment is None or self.is_bound_to(establishment)

    def is_bound_to(self, establishment: str) -> bool:
        """Whether the establishment is the caller's own."""
        return establishment == self.establishment or establishment in self.sites

    @property
    def establishments(self) -> list[str]:
        """The caller's own establishments; none for the platform's own operators."""
        return [] if self.establishment is None else sorted({self.establishment, *self.sites})

    def signature(self, name: str) -> str:
        """The name that the caller gave for the record, with the key that it was given with."""
        return f"{name} (key {self.key_id})"


def new_key() -> tuple[str, str]:
    """A key that nobody has had before, and its SHA-256 as hex."""
    key = _KEY_PREFIX + secrets.token_urlsafe(_KEY_BYTES)
    return key, sha256_of(key)


def sha256_of(key: str) -> str:
    """What is stored of a key: its SHA-256 as hex."""
    return hashlib.sha256(key.encode()).hexdigest()
