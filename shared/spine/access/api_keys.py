"""Keeps a replica of the API keys that admission granted, and recognises callers by it.

A new key works immediately; one that was revoked or has expired dies within `MAX_SECONDS_REMEMBERED`. Grants
and revocations may come in any order and repeatedly: a revocation that comes first leaves a row that the
grant cannot undo, and of several times at which a key ends the earliest counts.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final
from uuid import UUID

from msgspec.structs import astuple

from shared.database.pool import Connection, Executor
from shared.events.admission import AccessGranted, AccessRevoked, KeyLimits
from shared.runtime.clock import Clock, system_clock
from shared.security.principal import Principal, sha256_of
from shared.spine.records.received import EventRejected, ReceivedEvent
from shared.web.client_certificates import ClientCertificate

MAX_SECONDS_REMEMBERED: Final = 5.0
MAX_REMEMBERED: Final = 10_000
UNKNOWN_AT_ONCE: Final = 2
_MAX_HEADER_LENGTH: Final = 200

WARNED_FOR: Final = timedelta(days=30)
"""So long before a key ends, each answer to it says so."""
NOTED_EVERY: Final = timedelta(hours=1)
"""How exactly it is known when a key was last used: one write for each key, hour and service."""

_FIND = """
SELECT key_id, source_id, establishment, sites, scopes, expires_at, last_used_at, requests_per_second,
    concurrent_requests, bytes_per_minute
FROM api_keys WHERE key_sha256 = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
"""
_NOTE_USE = """
UPDATE api_keys SET last_used_at = $2
WHERE key_sha256 = $1 AND (last_used_at IS NULL OR last_used_at < $3)
"""
_GRANT = """
INSERT INTO api_keys (key_sha256, key_id, source_id, establishment, scopes, sites, expires_at,
    requests_per_second, concurrent_requests, bytes_per_minute)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
"""
# LEAST leaves NULL out, so the order of two grants makes no difference.
_END_EARLIER = """
UPDATE api_keys SET expires_at = least(expires_at, $2)
WHERE key_id = $1 AND source_id = $3 AND expires_at IS DISTINCT FROM least(expires_at, $2)
"""
_FORGET = "DELETE FROM api_keys WHERE source_id = ANY($1::uuid[])"
_REVOKE = """
INSERT INTO api_keys (key_sha256, key_id, source_id, scopes, revoked_at)
VALUES ('revoked before granted ' || $1::uuid, $1, $2, '{}', $3)
ON CONFLICT (key_id) DO UPDATE SET revoked_at = coalesce(api_keys.revoked_at, excluded.revoked_at)
WHERE api_keys.source_id = excluded.source_id
"""


class ApiKeyAuthenticator:
    """Recognises `Bearer` keys; caches only keys that it found, so that a new one works immediately."""

    def __init__(
        self,
        pool: Executor,
        *,
        seconds: Callable[[], float] = monotonic,
        clock: Clock = system_clock,
        max_remembered: int = MAX_REMEMBERED,
    ) -> None:
        self._pool = pool
        self._seconds = seconds
        self._clock = clock
        self._most_remembered = max_remembered
        self._remembered: dict[str, tuple[float, Principal]] = {}
        # A crowd of unknown keys leaves connections to those who are known.
        self._looking_up = asyncio.Semaphore(UNKNOWN_AT_ONCE)

    async def authenticate(self, credential: str | None) -> Principal | None:
        """See `shared.security.authentication.Authenticator`."""
        digest = digest_of(credential)
        return None if digest is None else await self.recognise(digest)

    async def recognise(self, key_sha256: str) -> Principal | None:
        """The caller whose key has this digest, or None if unknown; raises what the query raised."""
        # Before the query: the key may be revoked while the answer travels.
        now = self._seconds()
        known = self._remembered.get(key_sha256)
        if known is not None and now < known[0]:
            return known[1]
        if known is not None:
            return await self._look_up(key_sha256, now)
        async with self._looking_up:
            # Many may have come with the same new key.
            known = self._remembered.get(key_sha256)
            return known[1] if known is not None else await self._look_up(key_sha256, now)

    async def _look_up(self, key_sha256: str, now: float) -> Principal | None:
        at = self._clock()
        row = await self._pool.fetchrow(_FIND, key_sha256, at)
        if row is None:
            self._remembered.pop(key_sha256, None)
            return None
        principal = _principal_of(row, at)
        self._remember(key_sha256, until=now + MAX_SECONDS_REMEMBERED, principal=principal)
        if row["last_used_at"] is None or row["last_used_at"] < at - NOTED_EVERY:
            await self._pool.execute(_NOTE_USE, key_sha256, at, at - NOTED_EVERY)
        return principal

    def _remember(self, key_sha256: str, *, until: float, principal: Principal) -> None:
        if len(self._remembered) >= self._most_remembered:
            self._remembered.clear()
        self._remembered[key_sha256] = (until, principal)


def _principal_of(row: Any, at: datetime) -> Principal:
    expires_at: datetime | None = row["expires_at"]
    return Principal(
        source_id=row["source_id"],
        establishment=row["establishment"],
        scopes=frozenset(row["scopes"]),
        sites=frozenset(row["sites"]),
        key_id=row["key_id"],
        expires_soon_at=expires_at if expires_at is not None and expires_at < at + WARNED_FOR else None,
        limits=KeyLimits(
            requests_per_second=row["requests_per_second"],
            concurrent_requests=row["concurrent_requests"],
            bytes_per_minute=row["bytes_per_minute"],
        ),
    )


def digest_of(credential: str | None) -> str | None:
    """By what the caller of this header or certificate is found among the keys."""
    if isinstance(credential, ClientCertificate):
        return str(credential)
    key = bearer_key(credential)
    return None if key is None else sha256_of(key)


def bearer_key(header: str | None) -> str | None:
    """The key that the header brings, if it has the form of one."""
    if header is None or len(header) > _MAX_HEADER_LENGTH:
        return None
    scheme, _, key = header.partition(" ")
    return key if scheme.lower() == "bearer" and key and key.isascii() else None


async def on_access_granted(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
    """Add the keys. One that is already known stays as it is but may end earlier; a revoked one stays so.

    Raises `EventRejected` for a key of another source than the event's subject: nobody would take it back.
    """
    granted = []
    for event in events:
        if isinstance(event.data, AccessGranted):
            if event.data.source_id != event.subject:
                raise EventRejected(event.event_id, "the key is of another source")
            granted.append(event.data)
    await connection.executemany(
        _GRANT,
        [
            (
                key.key_sha256,
                key.key_id,
                key.source_id,
                key.establishment,
                list(key.scopes),
                list(key.sites),
                key.expires_at,
                *astuple(key.limits),
            )
            for key in granted
        ],
    )
    ending = [(key.key_id, key.expires_at, key.source_id) for key in granted if key.expires_at is not None]
    await connection.executemany(_END_EARLIER, ending)


async def replace_keys(
    connection: Connection, sources: Sequence[UUID], events: Sequence[ReceivedEvent]
) -> None:
    """Make the keys of these sources those that these events, all that there are of them, granted."""
    await connection.execute(_FORGET, list(sources))
    await on_access_granted(None, connection, events)
    await on_access_revoked(None, connection, events)


async def on_access_revoked(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
    """End the keys from when they were revoked: those of the event's subject, and nobody else's."""
    await connection.executemany(
        _REVOKE,
        [
            (event.data.key_id, event.subject, event.occurred_at)
            for event in events
            if isinstance(event.data, AccessRevoked)
        ],
    )
