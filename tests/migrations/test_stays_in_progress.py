"""Pathway's revisions 0004 and 0012 find persons who were known before by where their stays are."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.database.migrations import migrate

pytestmark = pytest.mark.services

STAYS = {
    1: [("330000001", "in_progress"), ("330000002", "finished")],
    2: [("330000002", "in_progress"), ("330000001", "in_progress"), ("330000001", "in_progress")],
    3: [("330000001", "cancelled")],
    4: [],
}


def _document(stays: list[tuple[str, str]]) -> str:
    return json.dumps({"stays": [{"establishment": where, "status": status} for where, status in stays]})


async def _run(database_url: str, statement: str, *arguments: Any) -> list[Any]:
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        found: list[Any] = await connection.fetch(statement, *arguments)
    finally:
        await connection.close()
    return found


def test_stays_in_progress_are_read_from_the_documents(create_database: Callable[..., str]) -> None:
    database_url = create_database()
    migrate("pathway", database_url, revision="0003")
    for number, stays in STAYS.items():
        insert = "INSERT INTO pathways (person_id, document) VALUES ($1, $2::json)"
        asyncio.run(_run(database_url, insert, UUID(int=number), _document(stays)))

    migrate("pathway", database_url)

    rows = asyncio.run(_run(database_url, "SELECT in_progress_at, known_to FROM pathways ORDER BY person_id"))
    both = ["330000001", "330000002"]
    assert [row["in_progress_at"] for row in rows] == [["330000001"], both, [], []]
    assert [row["known_to"] for row in rows] == [both, both, [], []]
