"""Changes a service's schema by its Alembic history: `python -m shared.database.migrations <service>`."""

import argparse
import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from alembic import autogenerate, command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.runtime.environment import required

T = TypeVar("T")

LOCK_TIMEOUT = "5s"
CONNECT_TIMEOUT_SECONDS = 10
_SERVICES = Path(__file__).parents[2] / "services"
_ENVIRONMENT = Path(__file__).parent / "alembic"
# Any fixed number will do; it names "someone migrates this database".
_MIGRATING = 7_265_736


def configuration(service: str) -> Config:
    """The Alembic configuration of a service's history; SystemExit where there is none."""
    revisions = _SERVICES / service / "migrations" / "versions"
    if not revisions.is_dir():
        raise SystemExit(f"no migrations for a service named {service!r}")
    config = Config()
    config.set_main_option("script_location", _literal(_ENVIRONMENT))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", _literal(revisions))
    return config


def _literal(path: Path) -> str:
    return str(path).replace("%", "%%")  # the configuration would take it for a reference


def run_migrations() -> None:
    """What Alembic's `env.py` calls: run the wanted revisions in one transaction."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection)
    with context.begin_transaction():
        # Two replicas may start concurrently: the second waits, then finds nothing to do.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()


def migrate(service: str, database_url: str, *, revision: str = "head", schema: str | None = None) -> None:
    """Bring a service's database, or one schema in it, to `revision` ("head", "base" or an id).

    Starts an event loop of its own: from a coroutine, call it by `asyncio.to_thread`.
    """
    config = configuration(service)

    def act(connection: Connection) -> None:
        config.attributes["connection"] = connection
        (command.downgrade if revision == "base" else command.upgrade)(config, revision)

    asyncio.run(on_connection(database_url, act, schema=schema))


def drift(metadata: MetaData, database_url: str) -> list[object]:
    """What differs between the declared tables and the database; empty is as it should be."""

    def act(connection: Connection) -> list[object]:
        return list(autogenerate.compare_metadata(comparison(connection, metadata), metadata))

    return asyncio.run(on_connection(database_url, act))


def comparison(connection: Connection, metadata: MetaData) -> MigrationContext:
    """How Alembic compares a database with the declared tables."""
    return MigrationContext.configure(
        connection, opts={"target_metadata": metadata, "compare_server_default": True}
    )


async def on_connection(database_url: str, act: Callable[[Connection], T], *, schema: str | None = None) -> T:
    """Return what `act` returns on a connection of its own; what it does not commit is rolled back."""
    settings = {} if schema is None else {"search_path": schema}

    async def connect() -> Any:
        # The driver reads the address, as for the pool: the ORM would not know `sslmode` and its like.
        return await asyncpg.connect(database_url, timeout=CONNECT_TIMEOUT_SECONDS, server_settings=settings)

    engine = create_async_engine("postgresql+asyncpg://", poolclass=NullPool, async_creator=connect)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(act)
    finally:
        await engine.dispose()


def main() -> None:
    """Migrate the database at RELAIS_DATABASE_URL."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("service")
    parser.add_argument("--revision", default="head")
    arguments = parser.parse_args()
    migrate(arguments.service, required("RELAIS_DATABASE_URL"), revision=arguments.revision)


if __name__ == "__main__":
    main()
