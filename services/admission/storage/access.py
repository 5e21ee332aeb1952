"""Holds the SQL that lists sources and keys, oldest source first, never with a key or its hash."""

from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct, convert

from shared.database.pool import Executor
from shared.events.admission import KeyLimits, Scope
from shared.events.envelope import Moment

ListKey = tuple[Moment, UUID]
"""Where an item stands in its list: when its source was created, then its own id."""

FIRST: Final[ListKey] = (datetime.fromisoformat("0001-01-02T00:00:00+00:00"), UUID(int=0))


class ListedSource(Struct, frozen=True, kw_only=True):
    """An application that states movements or reads; an operator of the platform has no establishment."""

    source_id: UUID
    name: str
    establishment: str | None
    tolerance_seconds: int
    created_at: datetime


class ListedKey(Struct, frozen=True, kw_only=True):
    """A key of a source, by its id."""

    key_id: UUID
    source_id: UUID
    source_name: str
    source_created_at: datetime
    establishment: str | None
    sites: tuple[str, ...]
    """Other sites to which the key is bound, too."""
    scopes: tuple[Scope, ...]
    revoked_at: datetime | None
    expires_at: datetime | None
    """When it ends by itself."""
    last_used_at: datetime | None
    """At admission, within an hour; each service says its own at `GET /v1/operations/keys`."""
    limits: KeyLimits
    certificate: str | None
    """Which client certificate it is, `sha256:` and the digest of its DER; none is a key that is sent."""


_SOURCES: Final = """
SELECT source_id, name, establishment, tolerance_seconds, created_at FROM sources
WHERE (created_at, source_id) > ($1, $2) AND ($3::text IS NULL OR establishment = $3)
ORDER BY created_at, source_id LIMIT $4
"""
_KEYS: Final = """
SELECT k.key_id, k.source_id, s.name AS source_name, s.created_at AS source_created_at, k.establishment,
    k.sites, k.scopes, k.revoked_at, k.expires_at, k.last_used_at,
    CASE WHEN k.key_sha256 LIKE 'sha256:%' THEN k.key_sha256 END AS certificate,
    k.requests_per_second, k.concurrent_requests, k.bytes_per_minute
FROM api_keys AS k JOIN sources AS s USING (source_id)
WHERE (s.created_at, k.key_id) > ($1, $2) AND ($3::text IS NULL OR k.establishment = $3)
ORDER BY s.created_at, k.key_id LIMIT $4
"""


async def sources_after(
    connection: Executor, after: ListKey, *, establishment: str | None, limit: int
) -> list[ListedSource]:
    """The sources that follow `after`: those of one establishment, with `None` those of all."""
    rows = await connection.fetch(_SOURCES, *after, establishment, limit)
    return convert([dict(row) for row in rows], list[ListedSource])


async def keys_after(
    connection: Executor, after: ListKey, *, establishment: str | None, limit: int
) -> list[ListedKey]:
    """The keys that follow `after`, revoked ones included: of one establishment, with `None` of all."""
    rows = await connection.fetch(_KEYS, *after, establishment, limit)
    return convert([{**row, "limits": dict(row)} for row in rows], list[ListedKey])
