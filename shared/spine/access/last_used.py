"""Reads when the keys were last used at this service."""

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct, convert

from shared.database.pool import Executor

_USED: Final = "SELECT key_id, last_used_at FROM api_keys WHERE last_used_at IS NOT NULL ORDER BY key_id"


class KeyUsed(Struct, frozen=True, kw_only=True):
    """When a key was last used, within an hour."""

    key_id: UUID
    last_used_at: datetime


class KeysUsed(Struct, frozen=True, kw_only=True):
    """All keys that were ever used at this service."""

    keys: tuple[KeyUsed, ...]


async def keys_used(pool: Executor) -> tuple[KeyUsed, ...]:
    """When each was last used."""
    return tuple(convert([dict(row) for row in await pool.fetch(_USED)], list[KeyUsed]))
