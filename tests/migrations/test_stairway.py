"""Every service's schema goes up, down and up again, and ends as its tables are declared."""

import asyncio
import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError

from shared.database import migrations
from shared.database.migrations import configuration, drift, migrate

pytestmark = pytest.mark.services

PROJECT = Path(__file__).parents[2]
SERVICES = sorted(path.parents[1].name for path in PROJECT.glob("services/*/migrations/versions"))


def declared(service: str) -> MetaData:
    metadata: MetaData = importlib.import_module(f"services.{service}.storage.tables").metadata
    return metadata


@pytest.mark.parametrize("service", SERVICES)
def test_each_revision_goes_up_down_and_up_again(service: str, create_database: Callable[..., str]) -> None:
    database_url = create_database()
    history = ScriptDirectory.from_config(configuration(service))
    for revision in reversed(list(history.walk_revisions())):
        migrate(service, database_url, revision=revision.revision)
        migrate(service, database_url, revision="base")
        migrate(service, database_url, revision=revision.revision)
    assert drift(declared(service), database_url) == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_history_has_one_head(service: str) -> None:
    assert len(ScriptDirectory.from_config(configuration(service)).get_heads()) == 1


@pytest.mark.parametrize("service", SERVICES)
def test_the_spine_is_in_every_schema(service: str) -> None:
    spine = {"subjects", "ledger", "outbox", "checkpoint", "inbox", "parked", "api_keys"}
    spine |= {"seals", "holes", "reconciliations", "pauses"}
    assert spine <= set(declared(service).tables)


def test_a_migration_gives_up_soon_when_a_table_is_in_use(
    create_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "10ms")
    database_url = create_database(SERVICES[0])

    async def migrate_while_in_use() -> None:
        connection = await asyncpg.connect(database_url, timeout=10)
        try:
            async with connection.transaction():
                await connection.execute("LOCK TABLE ledger IN ACCESS SHARE MODE")
                await asyncio.to_thread(migrate, SERVICES[0], database_url, revision="base")
        finally:
            await connection.close()

    with pytest.raises(DBAPIError, match="lock timeout"):
        asyncio.run(migrate_while_in_use())
    assert drift(declared(SERVICES[0]), database_url) == []


def test_two_replicas_may_migrate_at_once(create_database: Callable[..., str]) -> None:
    database_url = create_database()
    command = [sys.executable, "-m", "shared.database.migrations", SERVICES[0]]
    environment = {**os.environ, "RELAIS_DATABASE_URL": database_url}
    both = [subprocess.Popen(command, env=environment, cwd=PROJECT) for _ in range(2)]
    assert [each.wait(60) for each in both] == [0, 0]
    assert drift(declared(SERVICES[0]), database_url) == []


def test_the_command_names_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["migrations", "pathway"])
    monkeypatch.delenv("RELAIS_DATABASE_URL", raising=False)
    with pytest.raises(SystemExit, match="RELAIS_DATABASE_URL"):
        migrations.main()
    with pytest.raises(SystemExit, match="no migrations"):
        migrate("nowhere", "postgresql://nobody@127.0.0.1/none")
