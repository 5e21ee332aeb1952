"""Gives each service its own database and its own role in the one cluster."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deploy.local.ports import HOST
from deploy.local.servers.postgres import SUPERUSER

if TYPE_CHECKING:
    import asyncpg


def database_url(*, role: str, password: str, port: int, database: str) -> str:
    """The address a service is given."""
    return f"postgresql://{role}:{password}@{HOST}:{port}/{database}"


def superuser_url(*, password: str, port: int, database: str = "postgres") -> str:
    """The address by which databases are created."""
    return database_url(role=SUPERUSER, password=password, port=port, database=database)


async def ensure_role(connection: "asyncpg.Connection", role: str, password: str) -> None:
    """Make the role or renew its password."""
    known = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role)
    verb = "ALTER" if known else "CREATE"
    # A statement of this kind takes no parameters: the server does the quoting.
    statement = await connection.fetchval(
        "SELECT format($1 || ' ROLE %I LOGIN PASSWORD %L', $2::text, $3::text)", verb, role, password
    )
    await connection.execute(statement)


async def ensure_database(
    connection: "asyncpg.Connection", database: str, *, owner: str, template: str = "template0"
) -> None:
    """Make the database unless it exists; only its owner may connect."""
    if await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", database):
        return
    statement = "SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE %I', $1::text, $2::text, $3::text)"
    await connection.execute(await connection.fetchval(statement, database, owner, template))
    statement = "SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $1::text)"
    await connection.execute(await connection.fetchval(statement, database))


async def ensure_databases(*, superuser_password: str, port: int, passwords: Mapping[str, str]) -> None:
    """One role and one database of the same name per service."""
    import asyncpg  # noqa: PLC0415 - it would slow every command that only looks

    connection = await asyncpg.connect(superuser_url(password=superuser_password, port=port), timeout=30)
    try:
        for service, password in passwords.items():
            await ensure_role(connection, service, password)
            await ensure_database(connection, service, owner=service)
    finally:
        await connection.close()
