"""Holds the SQL that forgets persons."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from shared.database.pool import Connection

_LOCK: Final = "SELECT FROM pathways WHERE person_id = ANY ($1) ORDER BY person_id FOR UPDATE"
TABLES: Final = ("expectations", "further_expectations", "movement_events", "relations", "pathways")
"""What is kept of a person, under their id; `pathways` last, whose row orders all who write."""


async def lock(connection: Connection, person_ids: Collection[UUID]) -> None:
    """Keep everything about these persons from changing until the end of the transaction."""
    await connection.execute(_LOCK, list(person_ids))


async def forget(connection: Connection, person_ids: Collection[UUID]) -> None:
    """Delete all that is kept of these persons, who are locked; what was published of them stays."""
    for table in TABLES:
        await connection.execute(f"DELETE FROM {table} WHERE person_id = ANY ($1)", list(person_ids))  # noqa: S608
