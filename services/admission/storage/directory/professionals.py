"""Holds the SQL of professionals, where they work, and mailboxes."""

from collections.abc import Collection
from typing import Final

from msgspec import convert

from services.admission.domain.directory.entries import Mailbox, Practice, Professional
from shared.database.pool import Connection, Executor

_SAVE: Final = """
INSERT INTO professionals AS known (rpps, family_name, given_name, profession, specialty)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
    AS stated (rpps, family_name, given_name, profession, specialty)
ORDER BY rpps
ON CONFLICT (rpps) DO UPDATE SET family_name = excluded.family_name, given_name = excluded.given_name,
    profession = excluded.profession, specialty = excluded.specialty
WHERE (known.*) IS DISTINCT FROM (excluded.*)
RETURNING rpps
"""
_SAVE_PRACTICES: Final = """
INSERT INTO practices (rpps, establishment)
SELECT * FROM unnest($1::text[], $2::text[]) AS stated (rpps, establishment) ORDER BY rpps, establishment
ON CONFLICT (rpps, establishment) DO NOTHING
RETURNING rpps
"""
_SAVE_MAILBOXES: Final = """
INSERT INTO mailboxes AS known (holder, address, kind, service)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
    AS stated (holder, address, kind, service)
ORDER BY holder, address
ON CONFLICT (holder, address) DO UPDATE SET kind = excluded.kind, service = excluded.service
WHERE (known.*) IS DISTINCT FROM (excluded.*)
RETURNING holder
"""
_FIND: Final = (
    "SELECT rpps, family_name, given_name, profession, specialty FROM professionals WHERE rpps = $1"
)
_PRACTICES: Final = "SELECT establishment FROM practices WHERE rpps = $1 ORDER BY establishment"
_MAILBOXES: Final = """
SELECT holder, address, kind, service FROM mailboxes WHERE holder = $1 ORDER BY address
"""


async def save_professionals(connection: Connection, entries: Collection[Professional]) -> int:
    """Store them as they are stated; returns how many were new or different. Each has another number."""
    rows = await connection.fetch(
        _SAVE,
        [one.rpps for one in entries],
        [one.family_name for one in entries],
        [one.given_name for one in entries],
        [one.profession for one in entries],
        [one.specialty for one in entries],
    )
    return len(rows)


async def save_practices(connection: Connection, entries: Collection[Practice]) -> int:
    """Store where professionals work; returns how many were new."""
    rpps, establishments = [one.rpps for one in entries], [one.establishment for one in entries]
    return len(await connection.fetch(_SAVE_PRACTICES, rpps, establishments))


async def save_mailboxes(connection: Connection, entries: Collection[Mailbox]) -> int:
    """Store them as they are stated; returns how many were new or different. No holder has one twice."""
    rows = await connection.fetch(
        _SAVE_MAILBOXES,
        [one.holder for one in entries],
        [one.address for one in entries],
        [one.kind for one in entries],
        [one.service for one in entries],
    )
    return len(rows)


async def professional_of(connection: Executor, rpps: str) -> Professional | None:
    """The professional under this number."""
    row = await connection.fetchrow(_FIND, rpps)
    return None if row is None else convert(dict(row), Professional)


async def practices_of(connection: Executor, rpps: str) -> list[str]:
    """FINESS numbers of the establishments where the professional works."""
    return [row["establishment"] for row in await connection.fetch(_PRACTICES, rpps)]


async def mailboxes_of(connection: Executor, holder: str) -> list[Mailbox]:
    """The mailboxes of a professional or of an establishment."""
    rows = await connection.fetch(_MAILBOXES, holder)
    return convert([dict(row) for row in rows], list[Mailbox])
