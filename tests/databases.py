"""Gives a test a migrated database of its own, fast: one template per service, cloned per test."""

import asyncio
import uuid
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import asyncpg

from deploy.local.servers.databases import database_url, ensure_database, ensure_role, superuser_url
from shared.database.migrations import migrate

SUPERUSER_PASSWORD = "test-superuser"
ROLE_PASSWORD = "test-role"
EMPTY = "relais_test"


def _run(work: Coroutine[Any, Any, None]) -> None:
    # In a thread: the caller may itself be inside an event loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


class TestDatabases:
    """The databases of one test run."""

    __test__ = False

    def __init__(self, port: int) -> None:
        self._port = port
        self._templates: set[str] = set()
        self._roles: set[str] = set()
        self._dropping = ThreadPoolExecutor(1, thread_name_prefix="drop-databases")
        self._dropped: list[Future[None]] = []

    def create(self, service: str | None, names: list[str]) -> str:
        """A new database, its name added to `names`; owned by the service's role."""
        role = service or EMPTY
        template = "template0"
        if service is not None:
            template = f"{service}_template"
            self._migrate_once(service, template)
        name = f"{role}_{uuid.uuid4().hex[:12]}"
        _run(self._create(name, role, template))
        names.append(name)
        return self._url(role, name)

    def drop(self, names: Sequence[str]) -> None:
        """Drop the databases before long, whoever is still connected; nobody waits for it.

        A DROP DATABASE waits until every backend has heard of it, one in the middle of its authentication
        too. When its client is of the event loop that waits for the drop, that takes all of PostgreSQL's
        authentication_timeout: 60 s.
        """
        if names:
            self._dropped.append(self._dropping.submit(asyncio.run, self._drop(names)))

    def close(self) -> None:
        """Wait for the drops, and raise what went wrong in one."""
        self._dropping.shutdown()
        for dropped in self._dropped:
            dropped.result()

    def _url(self, role: str, database: str) -> str:
        return database_url(role=role, password=ROLE_PASSWORD, port=self._port, database=database)

    def _migrate_once(self, service: str, template: str) -> None:
        if template in self._templates:
            return
        _run(self._create(template, service, "template0"))
        with ThreadPoolExecutor(1) as thread:
            thread.submit(migrate, service, self._url(service, template)).result()
        self._templates.add(template)

    async def _connect(self) -> asyncpg.Connection:
        address = superuser_url(password=SUPERUSER_PASSWORD, port=self._port)
        return await asyncpg.connect(address, timeout=30)

    async def _create(self, name: str, role: str, template: str) -> None:
        connection = await self._connect()
        try:
            if role not in self._roles:
                await ensure_role(connection, role, ROLE_PASSWORD)
                self._roles.add(role)
            await ensure_database(connection, name, owner=role, template=template)
        finally:
            await connection.close()

    async def _drop(self, names: Sequence[str]) -> None:
        connection = await self._connect()
        try:
            for name in names:
                await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        finally:
            await connection.close()
