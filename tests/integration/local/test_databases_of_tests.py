from collections.abc import Iterator

import asyncpg
import pytest

from deploy.local.servers.running import RunningServer
from tests.databases import TestDatabases


@pytest.fixture
def databases(postgres: RunningServer) -> Iterator[TestDatabases]:
    databases = TestDatabases(postgres.server.port)
    yield databases
    databases.close()


async def _left_by_a_test(databases: TestDatabases, statement: str, look: str) -> tuple[object, object]:
    """What `look` finds in a new database, and in the one after a test that did this in its own."""
    found = []
    for changed in ("SELECT 1", statement, "SELECT 1"):
        names: list[str] = []
        connection = await asyncpg.connect(databases.create("indicators", names), timeout=30)
        found.append(await connection.fetchval(look))
        await connection.execute(changed)
        databases.give_back(names)
        databases.wait()
        connection.terminate()
    return found[0], found[-1]


@pytest.mark.parametrize(
    ("statement", "look"),
    [
        ("INSERT INTO alembic_version VALUES ('more')", "SELECT count(*) FROM alembic_version"),
        ("DELETE FROM alembic_version", "SELECT version_num FROM alembic_version"),
        ("CREATE TABLE more (id int)", "SELECT to_regclass('more')::text"),
        ("ALTER TABLE inbox ADD COLUMN more int", "SELECT count(*) FROM pg_attribute WHERE attname = 'more'"),
    ],
)
async def test_a_test_finds_nothing_of_the_one_before(
    databases: TestDatabases, statement: str, look: str
) -> None:
    before, after = await _left_by_a_test(databases, statement, look)
    assert before == after
