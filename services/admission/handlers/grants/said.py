"""Seals who asked for a grant and why, and opens it for those who may know."""

from collections.abc import Mapping
from uuid import UUID

from msgspec import json

from services.admission.handlers.dependencies import Dependencies

_CONTEXT = b"said of a grant "


def sealed(dependencies: Dependencies, wrapped_key: bytes, grant_id: UUID, said: Mapping[str, str]) -> bytes:
    """What was said of this grant, encrypted with its person's key."""
    return dependencies.vault.encrypt(wrapped_key, json.encode(said), context=_CONTEXT + grant_id.bytes)


def opened(dependencies: Dependencies, wrapped_key: bytes, grant_id: UUID, said: bytes) -> dict[str, str]:
    """The same in clear; raises `Undecipherable`."""
    encoded = dependencies.vault.decrypt(wrapped_key, said, context=_CONTEXT + grant_id.bytes)
    return json.decode(encoded, type=dict[str, str])
