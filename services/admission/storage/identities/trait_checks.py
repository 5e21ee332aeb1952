"""Holds the SQL that finds persons of whom something was stated since they were compared last."""

from typing import Final
from uuid import UUID

from msgspec import Struct

from services.admission.storage.identities.movements import MOVEMENT_TYPES
from shared.database.pool import Connection


class Position(Struct, frozen=True):
    """Up to where everything was looked at: numbers of the ledger and of statements about identities."""

    ledger: int
    statement: int


# Of who is joined by an INS, or one with somebody else, and named in one of these rows. Survivors only: under
# them all is published.
_JOINED: Final = """
WITH published AS MATERIALIZED (
    SELECT id, subject, type FROM ledger WHERE id > $1 AND id <= $3 ORDER BY id LIMIT $5
), stated AS MATERIALIZED (
    SELECT number, person_id, action FROM identity_statements
    WHERE number > $2 AND number <= $4 ORDER BY number LIMIT $5
), named AS (
    SELECT DISTINCT coalesce(survivor_id, person_id) AS person_id FROM persons WHERE person_id IN (
        SELECT subject FROM published WHERE type = ANY ($6)
        UNION SELECT person_id FROM stated WHERE action = 'traits'
    )
)
SELECT ARRAY(
        SELECT person_id FROM named
        WHERE EXISTS (
            SELECT FROM identifiers WHERE identifiers.person_id = named.person_id AND basis = 'qualified_ins'
        ) OR EXISTS (SELECT FROM merges WHERE is_merged AND surviving = named.person_id)
        OR EXISTS (SELECT FROM merges WHERE is_merged AND merged = named.person_id)
        ORDER BY person_id
    ) AS persons,
    (SELECT CASE WHEN count(*) < $5 THEN $3 ELSE max(id) END FROM published) AS ledger,
    (SELECT CASE WHEN count(*) < $5 THEN $4 ELSE max(number) END FROM stated) AS statement
"""
_NEWEST: Final = """
SELECT coalesce((SELECT max(id) FROM ledger), 0) AS ledger,
    coalesce((SELECT max(number) FROM identity_statements), 0) AS statement
"""
_COMPARED: Final = "SELECT ledger, statement FROM trait_checks FOR UPDATE SKIP LOCKED"
_KEEP: Final = "UPDATE trait_checks SET ledger = $1, statement = $2"


async def compared_until(connection: Connection) -> Position | None:
    """Where to go on; `None` while another process does."""
    row = await connection.fetchrow(_COMPARED)
    return None if row is None else Position(*row)


async def newest(connection: Connection) -> Position:
    """The newest of each; what was begun before `await_submissions` returned is among it."""
    return Position(*await connection.fetchrow(_NEWEST))


async def joined_since(
    connection: Connection, since: Position, until: Position, *, limit: int
) -> tuple[list[UUID], Position]:
    """The persons to compare, of at most so many rows, and up to where these go."""
    row = await connection.fetchrow(
        _JOINED, since.ledger, since.statement, until.ledger, until.statement, limit, MOVEMENT_TYPES
    )
    return list(row["persons"]), Position(row["ledger"], row["statement"])


async def keep(connection: Connection, position: Position) -> None:
    """Go on from there the next time."""
    await connection.execute(_KEEP, position.ledger, position.statement)
