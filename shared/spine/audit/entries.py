"""Holds the SQL of the audit: adds entries and heads, and reads them for verification and for officers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, get_type_hints
from uuid import UUID

import msgspec
from msgspec.structs import astuple

from shared.database.pool import Executor
from shared.security.audit.entry import ChainedEntry, Entry
from shared.security.audit.heads import Head, Tip

COLUMNS: Final = ("chain", "number", "digest", *get_type_hints(Entry))
ARRAYS: Final = (
    "uuid[]",
    "bigint[]",
    "bytea[]",
    "timestamptz[]",
    "uuid[]",
    "text[]",
    "text[]",
    "text[]",
    "uuid[]",
    "uuid[]",
    "uuid[]",
    "uuid[]",
    "text[]",
)


def insertion(first: int) -> str:
    """The statement that adds entries, its parameters numbered from `first`, as `columns_of` gives them."""
    arrays = ", ".join(f"${number}::{array}" for number, array in enumerate(ARRAYS, first))
    names = ", ".join(COLUMNS)
    return f"INSERT INTO audit.entries ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608 - constants


_ADD: Final = insertion(1)
_AFTER: Final = """
SELECT * FROM audit.entries WHERE (chain, number) > ($1, $2) ORDER BY chain, number LIMIT $3
"""
_OF_PERSONS: Final = """
SELECT * FROM audit.entries WHERE person_id = ANY ($1)
    AND ($2::text[] IS NULL OR establishment = ANY ($2)) AND (at, chain, number) < ($3, $4, $5)
ORDER BY at DESC, chain DESC, number DESC LIMIT $6
"""
_TIPS: Final = """
SELECT DISTINCT ON (chain) chain, number, digest FROM audit.entries WHERE at >= $1
ORDER BY chain, number DESC
"""
_ADD_HEAD: Final = "INSERT INTO audit.heads (number, at, tips, digest) VALUES ($1, $2, $3, $4)"
_HEADS: Final = "SELECT number, at, tips, digest FROM audit.heads ORDER BY number"
_LAST_HEAD: Final = f"{_HEADS} DESC LIMIT 1"
_STORED: Final = """
SELECT chain, number, entries.digest FROM audit.entries
JOIN unnest($1::uuid[], $2::bigint[]) AS wanted (chain, number) USING (chain, number)
"""

_tips: Final = msgspec.json.Decoder(tuple[Tip, ...])


def columns_of(entries: Sequence[ChainedEntry]) -> list[list[Any]]:
    """The parameters of `insertion`."""
    rows = [(each.chain, each.number, each.digest, *astuple(each.entry)) for each in entries]
    return [list(column) for column in zip(*rows, strict=True)]


async def add(connection: Executor, entries: Sequence[ChainedEntry]) -> None:
    """Add them, in one statement."""
    if entries:
        await connection.execute(_ADD, *columns_of(entries))


async def after(connection: Executor, place: tuple[UUID, int], *, limit: int) -> list[ChainedEntry]:
    """The entries that follow this place, by chain and number."""
    return [_chained(row) for row in await connection.fetch(_AFTER, *place, limit)]


async def of_persons(
    connection: Executor,
    persons: Collection[UUID],
    establishments: Collection[str] | None,
    *,
    before: tuple[datetime, UUID, int],
    limit: int,
) -> list[ChainedEntry]:
    """The accesses to these persons, newest first; of these establishments (`None`: of anybody)."""
    reach = None if establishments is None else list(establishments)
    rows = await connection.fetch(_OF_PERSONS, list(persons), reach, *before, limit)
    return [_chained(row) for row in rows]


async def tips_since(connection: Executor, moment: datetime) -> list[Tip]:
    """The ends of the chains that have grown since."""
    return [Tip(*row) for row in await connection.fetch(_TIPS, moment)]


async def add_head(connection: Executor, head: Head) -> None:
    """Add a head."""
    tips = msgspec.json.encode(head.tips).decode()
    await connection.execute(_ADD_HEAD, head.number, head.at, tips, head.digest)


async def heads(connection: Executor) -> list[Head]:
    """All heads, in their order."""
    return [_head(row) for row in await connection.fetch(_HEADS)]


async def last_head(connection: Executor) -> Head | None:
    """The newest head."""
    row = await connection.fetchrow(_LAST_HEAD)
    return None if row is None else _head(row)


async def digests_of(connection: Executor, tips: Sequence[Tip]) -> dict[tuple[UUID, int], bytes]:
    """The digests of those entries that are there."""
    rows = await connection.fetch(_STORED, [tip.chain for tip in tips], [tip.number for tip in tips])
    return {(row["chain"], row["number"]): row["digest"] for row in rows}


def _chained(row: Any) -> ChainedEntry:
    entry = Entry(**{name: row[name] for name in COLUMNS[3:]})
    return ChainedEntry(chain=row["chain"], number=row["number"], digest=row["digest"], entry=entry)


def _head(row: Any) -> Head:
    tips = _tips.decode(row["tips"])
    return Head(number=row["number"], at=row["at"], tips=tips, digest=row["digest"])
