"""Holds the SQL of sources and their keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import astuple

from shared.database.pool import Connection, Executor
from shared.events.admission import UNLIMITED, KeyLimits, Scope


@dataclass(frozen=True, kw_only=True)
class Source:
    """An application of an establishment, or an operator of the platform (no establishment)."""

    source_id: UUID
    name: str
    establishment: str | None
    tolerance_seconds: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key of a source; the key itself is known to the source only."""

    key_id: UUID
    key_sha256: str
    source_id: UUID
    establishment: str | None
    scopes: tuple[Scope, ...]
    sites: tuple[str, ...] = ()
    expires_at: datetime | None = None
    limits: KeyLimits = UNLIMITED
    revoked_at: datetime | None = None


_TOLERANCE = "SELECT tolerance_seconds FROM sources WHERE source_id = $1"
_ADD_SOURCE = """
INSERT INTO sources (source_id, name, establishment, tolerance_seconds, created_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT (source_id) DO NOTHING
"""
_ADD_KEY = """
INSERT INTO api_keys (key_sha256, key_id, source_id, establishment, scopes, sites, expires_at,
    requests_per_second, concurrent_requests, bytes_per_minute)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (key_sha256) DO NOTHING RETURNING key_id
"""
_KEY = """
SELECT key_id, key_sha256, source_id, establishment, scopes, sites, expires_at, revoked_at,
    requests_per_second, concurrent_requests, bytes_per_minute
FROM api_keys WHERE key_id = $1
"""
_LOCK_KEY = f"{_KEY} FOR UPDATE"
_END_KEY = "UPDATE api_keys SET expires_at = least(expires_at, $2) WHERE key_id = $1 RETURNING expires_at"
_ENDING = """
SELECT count(*) FROM api_keys AS k
WHERE revoked_at IS NULL AND expires_at BETWEEN $1 AND $2 AND NOT EXISTS (
    SELECT FROM api_keys AS later WHERE later.source_id = k.source_id AND later.revoked_at IS NULL
        AND later.expires_at > $2)
"""
_REVOKE = "UPDATE api_keys SET revoked_at = $2 WHERE key_id = $1 AND revoked_at IS NULL RETURNING key_id"


async def add_source(connection: Connection, source: Source) -> None:
    """Add the source unless it is there."""
    await connection.execute(
        _ADD_SOURCE,
        source.source_id,
        source.name,
        source.establishment,
        source.tolerance_seconds,
        source.created_at,
    )


async def tolerance_seconds_of(connection: Executor, source_id: UUID) -> int | None:
    """How far ahead the source's clock may run, in seconds; `None` for an unknown source."""
    seconds: int | None = await connection.fetchval(_TOLERANCE, source_id)
    return seconds


async def add_key(connection: Connection, key: Key) -> bool:
    """Add the key; false when it was there before, revoked or not."""
    scopes: Sequence[str] = list(key.scopes)
    added = await connection.fetchval(
        _ADD_KEY,
        key.key_sha256,
        key.key_id,
        key.source_id,
        key.establishment,
        scopes,
        list(key.sites),
        key.expires_at,
        *astuple(key.limits),
    )
    return added is not None


async def key_of(connection: Executor, key_id: UUID) -> Key | None:
    """The key, valid or not."""
    return _key(await connection.fetchrow(_KEY, key_id))


async def lock_key(connection: Connection, key_id: UUID) -> Key | None:
    """The key, which nobody else changes before the transaction ends."""
    return _key(await connection.fetchrow(_LOCK_KEY, key_id))


async def end_key(connection: Connection, key_id: UUID, *, at: datetime) -> datetime:
    """Let the key end then, unless it ends before; returns when."""
    ends_at: datetime = await connection.fetchval(_END_KEY, key_id, at)
    return ends_at


async def count_ending_keys(connection: Executor, *, now: datetime, until: datetime) -> int:
    """How many valid keys end until then whose source has none that ends later."""
    return int(await connection.fetchval(_ENDING, now, until))


def _key(row: Any) -> Key | None:
    if row is None:
        return None
    return Key(
        key_id=row["key_id"],
        key_sha256=row["key_sha256"],
        source_id=row["source_id"],
        establishment=row["establishment"],
        scopes=tuple(row["scopes"]),
        sites=tuple(row["sites"]),
        expires_at=row["expires_at"],
        limits=KeyLimits(
            requests_per_second=row["requests_per_second"],
            concurrent_requests=row["concurrent_requests"],
            bytes_per_minute=row["bytes_per_minute"],
        ),
        revoked_at=row["revoked_at"],
    )


async def revoke_key(connection: Connection, key_id: UUID, *, at: datetime) -> bool:
    """End the key; false when it had ended before."""
    return await connection.fetchval(_REVOKE, key_id, at) is not None
