"""Holds the SQL about grants: stored as they stand, with what was said when they were made, sealed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from services.admission.domain.grants import Grant
from shared.database.pool import Connection, Executor

_COLUMNS: Final = (
    "grant_id, revision, basis, subject, person_id, establishments, of, begins_at, ends_at, declared_by,"
    " key_id, ended_at"
)
_SAVE: Final = f"""
INSERT INTO grants ({_COLUMNS}, said) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (grant_id) DO UPDATE SET revision = excluded.revision, subject = excluded.subject,
    establishments = excluded.establishments, of = excluded.of, begins_at = excluded.begins_at,
    ends_at = excluded.ends_at, ended_at = excluded.ended_at, key_id = excluded.key_id,
    said = coalesce(excluded.said, grants.said)
"""  # noqa: S608
_LOCK: Final = f"SELECT {_COLUMNS} FROM grants WHERE grant_id = $1 FOR UPDATE"  # noqa: S608
_OF_PERSONS: Final = f"""
SELECT {_COLUMNS} FROM grants WHERE person_id = ANY ($1) AND ended_at IS NULL
    AND (ends_at IS NULL OR ends_at > $2) ORDER BY grant_id FOR UPDATE
"""  # noqa: S608
# Those of the establishments themselves, and those about persons of whom they state something.
_BROKEN: Final = """
SELECT grant_id, subject AS person_id, declared_by, begins_at, ends_at, said, wrapped_key
FROM grants JOIN persons USING (person_id)
WHERE basis = 'break_the_glass' AND (begins_at, grant_id) < ($1, $2) AND ($3::text[] IS NULL
    OR declared_by = ANY ($3) OR EXISTS (
        SELECT FROM ledger WHERE ledger.subject = grants.subject AND ledger.establishment = ANY ($3)))
ORDER BY begins_at DESC, grant_id DESC LIMIT $4
"""
_KEY: Final = "SELECT wrapped_key FROM persons WHERE person_id = $1"


class BrokenGlass(Struct, frozen=True, kw_only=True):
    """A broken glass, and what was said about it, sealed."""

    grant_id: UUID
    person_id: UUID
    declared_by: str
    begins_at: datetime
    ends_at: datetime
    said: bytes
    wrapped_key: bytes


async def save(connection: Connection, grant: Grant, said: bytes | None = None) -> None:
    """Store a grant as it stands; what was said about it stays, unless something else is said."""
    row = asdict(grant)
    await connection.execute(
        _SAVE,
        grant.grant_id,
        grant.revision,
        grant.basis,
        grant.subject,
        grant.person_id,
        list(row["establishments"]),
        list(row["of"]),
        grant.begins_at,
        grant.ends_at,
        grant.declared_by,
        grant.key_id,
        grant.ended_at,
        said,
    )


async def lock(connection: Connection, grant_id: UUID) -> Grant | None:
    """The grant, until the end of the transaction nobody else's."""
    row = await connection.fetchrow(_LOCK, grant_id)
    return None if row is None else _grant(row)


async def lock_of_persons(
    connection: Connection, person_ids: Collection[UUID], *, at: datetime
) -> list[Grant]:
    """What was granted for these persons and still gives something, or will."""
    return [_grant(row) for row in await connection.fetch(_OF_PERSONS, list(person_ids), at)]


async def key_of(connection: Executor, person_id: UUID) -> bytes:
    """The person's wrapped key."""
    wrapped_key: bytes = await connection.fetchval(_KEY, person_id)
    return wrapped_key


async def broken_before(
    connection: Executor, before: tuple[datetime, UUID], establishments: Sequence[str] | None, *, limit: int
) -> list[BrokenGlass]:
    """The newest broken glasses that concern these establishments (`None`: all), newest first."""
    rows = await connection.fetch(_BROKEN, *before, establishments, limit)
    return [BrokenGlass(**row) for row in rows]


def _grant(row: Any) -> Grant:
    known = dict(row)
    return Grant(**known | {"establishments": tuple(known["establishments"]), "of": tuple(known["of"])})
