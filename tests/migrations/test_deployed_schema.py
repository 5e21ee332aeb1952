"""A database as version 0.1.0 left it migrates forward, with its rows, to the tables that are declared."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from shared.database.migrations import drift, migrate
from tests.migrations.test_stairway import SERVICES, declared

pytestmark = pytest.mark.services

DUMPS = Path(__file__).parent / "deployed"
"""Made by `pg_dump --no-owner --no-privileges --inserts` of each service's database under version 0.1.0."""

_PUBLISHED = """
INSERT INTO subjects VALUES ('00000000-0000-0000-0000-000000000001', 1);
INSERT INTO ledger
    (event_id, subject, sequence, type, occurred_at, recorded_at, trace, data, establishment)
VALUES ('00000000-0000-0000-0000-0000000000e1', '00000000-0000-0000-0000-000000000001', 1, 'deployed',
    '2026-11-01', '2026-11-01', NULL, '{}', '750000002');
INSERT INTO outbox (ledger_id) SELECT id FROM ledger;
"""


@pytest.mark.parametrize("service", SERVICES)
def test_a_deployed_database_migrates_forward_and_keeps_its_rows(
    service: str, create_database: Callable[..., str]
) -> None:
    database_url = create_database()
    dump = (DUMPS / f"{service}.sql").read_text()
    asyncio.run(_execute(database_url, dump + _PUBLISHED))

    migrate(service, database_url)

    assert drift(declared(service), database_url) == []
    assert asyncio.run(_unsent(database_url)) == ["deployed"]


async def _execute(database_url: str, statements: str) -> None:
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


async def _unsent(database_url: str) -> list[str]:
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        rows = await connection.fetch("SELECT type FROM outbox JOIN ledger ON ledger.id = outbox.ledger_id")
    finally:
        await connection.close()
    return [row["type"] for row in rows]
