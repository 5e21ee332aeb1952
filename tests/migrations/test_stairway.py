"""Does every service's schema go up, down and up again, and end as its tables are declared?"""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from shared.db.migrations import configuration, drift, migrate

pytestmark = pytest.mark.services

SERVICES = sorted(
    path.parents[1].name for path in Path(__file__).parents[2].glob("services/*/migrations/env.py")
)


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
    assert spine <= set(declared(service).tables)
