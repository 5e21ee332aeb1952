"""Holds the SQL of establishments and their units."""

from collections.abc import Collection
from typing import Final

from msgspec import convert

from services.admission.domain.directory.entries import Establishment, Unit
from shared.database.pool import Connection, Executor

# In sorted order: two loadings at once do not wait for each other in a circle.
_SAVE: Final = """
INSERT INTO establishments AS known
    (finess, level, legal_entity, name, category, kind, commune, town, time_zone, phone)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[])
    AS stated (finess, level, legal_entity, name, category, kind, commune, town, time_zone, phone)
ORDER BY finess
ON CONFLICT (finess) DO UPDATE SET
    level = excluded.level, legal_entity = excluded.legal_entity, name = excluded.name,
    category = excluded.category, kind = excluded.kind, commune = excluded.commune, town = excluded.town,
    time_zone = excluded.time_zone, phone = excluded.phone
WHERE (known.*) IS DISTINCT FROM (excluded.*)
RETURNING finess
"""
_FIND: Final = """
SELECT finess, level, legal_entity, name, category, kind, commune, town, time_zone, phone
FROM establishments WHERE finess = $1
"""
_SITES: Final = """
SELECT finess, level, legal_entity, name, category, kind, commune, town, time_zone, phone
FROM establishments WHERE legal_entity = $1 ORDER BY finess
"""
_UNITS: Final = """
SELECT code, name, kind, beds, phone, email FROM units WHERE establishment = $1 ORDER BY code
"""
_SAVE_UNIT: Final = """
INSERT INTO units (establishment, code, name, kind, beds, phone, email) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (establishment, code) DO UPDATE SET name = excluded.name, kind = excluded.kind,
    beds = excluded.beds, phone = excluded.phone, email = excluded.email
"""
_LISTED: Final = "SELECT finess FROM establishments WHERE finess = ANY ($1)"
_OF_LEGAL_ENTITY: Final = "SELECT finess FROM establishments WHERE legal_entity = $1 AND finess = ANY ($2)"


async def save_establishments(connection: Connection, entries: Collection[Establishment]) -> int:
    """Store them as they are stated; returns how many were new or different. Each has another number."""
    rows = await connection.fetch(
        _SAVE,
        [one.finess for one in entries],
        [one.level for one in entries],
        [one.legal_entity for one in entries],
        [one.name for one in entries],
        [one.category for one in entries],
        [one.kind for one in entries],
        [one.commune for one in entries],
        [one.town for one in entries],
        [one.time_zone for one in entries],
        [one.phone for one in entries],
    )
    return len(rows)


async def save_unit(connection: Connection, establishment: str, unit: Unit) -> None:
    """Store the unit as it is stated."""
    fields = (unit.code, unit.name, unit.kind, unit.beds, unit.phone, unit.email)
    await connection.execute(_SAVE_UNIT, establishment, *fields)


async def establishment_of(connection: Executor, finess: str) -> Establishment | None:
    """The establishment under this number."""
    row = await connection.fetchrow(_FIND, finess)
    return None if row is None else convert(dict(row), Establishment)


async def sites_of(connection: Executor, legal_entity: str) -> list[Establishment]:
    """The sites that a legal entity runs."""
    rows = await connection.fetch(_SITES, legal_entity)
    return convert([dict(row) for row in rows], list[Establishment])


async def units_of(connection: Executor, establishment: str) -> list[Unit]:
    """The units of an establishment."""
    rows = await connection.fetch(_UNITS, establishment)
    return convert([dict(row) for row in rows], list[Unit])


async def registered_sites(connection: Executor, legal_entity: str, asked: Collection[str]) -> set[str]:
    """Those of the numbers that are sites of this legal entity."""
    rows = await connection.fetch(_OF_LEGAL_ENTITY, legal_entity, list(asked))
    return {row["finess"] for row in rows}


async def listed_among(connection: Executor, asked: Collection[str]) -> set[str]:
    """Those of the numbers that the directory lists."""
    rows = await connection.fetch(_LISTED, list(asked))
    return {row["finess"] for row in rows}
