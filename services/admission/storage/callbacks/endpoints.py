"""Holds the SQL of where sources are told what becomes of their movements."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from shared.database.pool import Connection, Executor

State = Literal["active", "paused", "suspended"]
Why = Literal["gone", "failing"]

_COLUMNS: Final = """url, state, state_since, why, failures, failing_since, delivered_at, wrapped_key, secret,
    former_secret, former_until"""
_ADD: Final = """
INSERT INTO callbacks (source_id, url, state, state_since, failures, wrapped_key, secret)
VALUES ($1, $2, 'active', $3, 0, $4, $5) ON CONFLICT (source_id) DO NOTHING RETURNING source_id
"""
_MOVE: Final = """
UPDATE callbacks SET url = $2, state = 'active', state_since = $3, why = NULL, failures = 0,
    failing_since = NULL, rests_until = NULL
WHERE source_id = $1
"""
_OF: Final = f"SELECT {_COLUMNS} FROM callbacks WHERE source_id = $1"  # noqa: S608 - constants
_LOCK: Final = f"{_OF} FOR UPDATE"
_ROTATE: Final = """
UPDATE callbacks SET secret = $2, former_secret = secret, former_until = $3 WHERE source_id = $1
"""
_SET_STATE: Final = """
UPDATE callbacks SET state = $2, state_since = $3, why = $4,
    failures = 0, failing_since = NULL, rests_until = NULL
WHERE source_id = $1 AND state <> $2 RETURNING source_id
"""
_TOOK: Final = """
UPDATE callbacks SET failures = 0, failing_since = NULL, rests_until = NULL, delivered_at = $2
WHERE source_id = $1
"""
_FAILED: Final = """
UPDATE callbacks SET failures = failures + 1, failing_since = coalesce(failing_since, $2), rests_until = $3
WHERE source_id = $1 AND (rests_until IS NULL OR rests_until <= $2)
"""
# In this order: who holds a followed movement adds deliveries of it before it lets go.
_REMOVE: Final = (
    "DELETE FROM followed_movements WHERE source_id = $1",
    "DELETE FROM callback_deliveries WHERE source_id = $1",
    "DELETE FROM callbacks WHERE source_id = $1",
)
_SUSPENDED: Final = "SELECT count(*) FROM callbacks WHERE state = 'suspended'"


class Endpoint(Struct, frozen=True, kw_only=True):
    """Where a source is told, and how that goes."""

    url: str
    state: State
    state_since: datetime
    why: Why | None
    failures: int
    """In a row."""
    failing_since: datetime | None
    delivered_at: datetime | None
    wrapped_key: bytes
    secret: bytes
    """Sealed, as the former one is, which signs, too, until its time."""
    former_secret: bytes | None
    former_until: datetime | None


async def add(
    connection: Connection, source_id: UUID, url: str, *, wrapped_key: bytes, secret: bytes, at: datetime
) -> bool:
    """Add the endpoint of a source; false when it has one."""
    return await connection.fetchval(_ADD, source_id, url, at, wrapped_key, secret) is not None


async def move(connection: Connection, source_id: UUID, url: str, *, at: datetime) -> None:
    """Let the source be told there from now on, whatever the former endpoint did."""
    await connection.execute(_MOVE, source_id, url, at)


async def endpoint_of(connection: Executor, source_id: UUID) -> Endpoint | None:
    """That of a source."""
    row = await connection.fetchrow(_OF, source_id)
    return None if row is None else Endpoint(**dict(row))


async def lock(connection: Connection, source_id: UUID) -> Endpoint | None:
    """That of a source, which nobody else changes before the transaction ends."""
    row = await connection.fetchrow(_LOCK, source_id)
    return None if row is None else Endpoint(**dict(row))


async def rotate(connection: Connection, source_id: UUID, secret: bytes, *, former_until: datetime) -> None:
    """Let a new secret sign, and the one before it as well until then."""
    await connection.execute(_ROTATE, source_id, secret, former_until)


async def set_state(
    connection: Connection, source_id: UUID, state: State, *, at: datetime, why: Why | None = None
) -> bool:
    """Pause, suspend or resume; false when it is so already."""
    return await connection.fetchval(_SET_STATE, source_id, state, at, why) is not None


async def took(connection: Connection, source_id: UUID, *, at: datetime) -> None:
    """The endpoint took a callback."""
    await connection.execute(_TOOK, source_id, at)


async def failed(connection: Connection, source_id: UUID, *, at: datetime, rests_until: datetime) -> None:
    """The endpoint took none, and is left alone until then; failures at one time count as one."""
    await connection.execute(_FAILED, source_id, at, rests_until)


async def remove(connection: Connection, source_id: UUID) -> None:
    """Delete the endpoint, with all that it was told or was to be told."""
    for statement in _REMOVE:
        await connection.execute(statement, source_id)


async def count_suspended(connection: Executor) -> int:
    """How many sources are told nothing, because their endpoints took nothing."""
    return int(await connection.fetchval(_SUSPENDED))
