"""Describes a migrated database, and makes one that was used as it was before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg

_CLOSE_CONNECTIONS: Final = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_NAMES: Final = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace IN ('public'::regnamespace, to_regnamespace('audit')) AND relkind = $1 ORDER BY 1
"""
_TABLE: Final = b"r"
_SEQUENCE: Final = b"S"
_SCHEMA: Final = """
WITH own AS (
    SELECT * FROM pg_class WHERE relnamespace IN ('public'::regnamespace, to_regnamespace('audit'))
),
described (line) AS (
    SELECT format('%s %s %s', relname, relkind, reloptions) FROM own
    UNION ALL
    SELECT format('%s %s %s', relname, attname, attnotnull) FROM own JOIN pg_attribute ON attrelid = own.oid
    UNION ALL
    SELECT format('%s %s', relname, conname) FROM own JOIN pg_constraint ON conrelid = own.oid
    UNION ALL
    SELECT format('%s %s %s', relname, tgname, tgenabled) FROM own JOIN pg_trigger ON tgrelid = own.oid
    WHERE NOT tgisinternal
    UNION ALL
    SELECT format('%s %s', proname, md5(prosrc)) FROM pg_proc
    WHERE pronamespace IN ('public'::regnamespace, to_regnamespace('audit'))
    UNION ALL
    SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL
    SELECT format('%s %s', datconnlimit, setconfig) FROM pg_database
    LEFT JOIN pg_db_role_setting ON setdatabase = pg_database.oid WHERE datname = current_database()
)
SELECT md5(string_agg(line, ';' ORDER BY line)) FROM described
"""
"""What a test may change, and emptying the tables would not undo."""


@dataclass(frozen=True)
class Template:
    """What a database holds before a test has used it."""

    schema: str
    rows: Mapping[str, Sequence[asyncpg.Record]]
    """Table -> its rows, of those that have any."""
    sequences: Mapping[str, tuple[int, bool]]
    """Sequence -> its last value, and whether that was given out."""


async def describe(connection: asyncpg.Connection) -> Template:
    """The database of the connection, as it is now."""
    tables = await _names(connection, _TABLE)
    rows = {name: await connection.fetch(f"SELECT * FROM {name}") for name in tables}  # noqa: S608
    sequences = {
        name: tuple(await connection.fetchrow(f"SELECT last_value, is_called FROM {name}"))  # noqa: S608
        for name in await _names(connection, _SEQUENCE)
    }
    schema = await connection.fetchval(_SCHEMA)
    return Template(schema, {name: found for name, found in rows.items() if found}, sequences)


async def restore(connection: asyncpg.Connection, template: Template) -> bool:
    """Whether the database, from which all others are disconnected, is as the template again.

    It is not when its schema or settings were changed. The connection must be a superuser's.
    """
    await connection.execute(_CLOSE_CONNECTIONS)
    if await connection.fetchval(_SCHEMA) != template.schema:
        return False
    # Triggers keep rows that may only be added.
    await connection.execute("SET session_replication_role = replica")
    tables = await _names(connection, _TABLE)
    have_rows = ", ".join(f"EXISTS (SELECT FROM {name})" for name in tables)
    found = await connection.fetchrow(f"SELECT {have_rows}")
    if used := [name for name, has_rows in zip(tables, found, strict=True) if has_rows]:
        # A test leaves few rows, and TRUNCATE makes new files for the table and each of its indexes: three
        # milliseconds of processor time, against a tenth of one.
        await connection.execute("; ".join(f"DELETE FROM {name}" for name in used))  # noqa: S608
    for name, rows in template.rows.items():
        await connection.copy_records_to_table(name.strip('"'), records=rows)
    for name, (value, was_given_out) in template.sequences.items():
        await connection.execute("SELECT setval($1::text::regclass, $2, $3)", name, value, was_given_out)
    return True


async def _names(connection: asyncpg.Connection, kind: bytes) -> list[str]:
    return [name for (name,) in await connection.fetch(_NAMES, kind)]
