"""Gives a test a migrated database of its own, fast: cloned from a template, or used before and emptied."""

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from deploy.local.servers.databases import database_url, ensure_database, ensure_role, superuser_url
from deploy.local.servers.postgres import SUPERUSER
from tests.templates import Template, describe, restore

SUPERUSER_PASSWORD = "test-superuser"
ROLE_PASSWORD = "test-role"
EMPTY = "relais_test"


@dataclass
class _Role:
    """Who owns the databases of one service, and what new ones are made of."""

    name: str
    template_name: str = "template0"
    template: Template | None = None
    emptied: list[str] = field(default_factory=list)


class TestDatabases:
    """The databases of one test run."""

    __test__ = False

    def __init__(self, port: int) -> None:
        self._port = port
        self._roles: dict[str, _Role] = {}
        self._given_back: list[Future[None]] = []
        # Of its own: the caller may itself be inside an event loop.
        self._loop = asyncio.new_event_loop()
        self._superuser: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()
        self._thread = threading.Thread(target=self._loop.run_forever, name="databases", daemon=True)
        self._thread.start()

    def create(self, service: str | None, names: list[str]) -> str:
        """A new database, its name added to `names`; owned by the service's role."""
        role = self._roles.get(service or EMPTY) or self._add_role(service)
        name = f"{role.name}_{uuid.uuid4().hex[:12]}"
        self._start(self._create(name, role)).result()
        names.append(name)
        return self._url(role, name)

    def give_back(self, names: Sequence[str]) -> None:
        """Empty the databases, or drop them, before long, whoever is still connected; nobody waits for it.

        Both wait until every backend has ended or heard of it, one in the middle of its authentication too.
        When its client is of the event loop that waits for that, it takes all of PostgreSQL's
        authentication_timeout: 60 s.
        """
        self._given_back += [self._start(self._take_back(name)) for name in names]

    def wait(self) -> None:
        """Wait for what was given back, and raise what went wrong with it."""
        for each in self._given_back:
            each.result()

    def close(self) -> None:
        """Wait, and end the thread that did it."""
        try:
            self.wait()
            self._start(self._disconnect()).result()
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _url(self, role: _Role, database: str) -> str:
        return database_url(role=role.name, password=ROLE_PASSWORD, port=self._port, database=database)

    def _add_role(self, service: str | None) -> _Role:
        role = _Role(service or EMPTY)
        self._start(self._ensure_role(role)).result()
        if service is not None:
            from shared.database.migrations import migrate  # noqa: PLC0415 - slow, and few tests need one

            name = f"{service}_template"
            self._start(self._create(name, role)).result()
            self._start(asyncio.to_thread(migrate, service, self._url(role, name))).result()
            self._start(self._describe(name, role)).result()
        self._roles[role.name] = role
        return role

    async def _connect(self, database: str) -> asyncpg.Connection:
        address = superuser_url(password=SUPERUSER_PASSWORD, port=self._port, database=database)
        return await asyncpg.connect(address, timeout=30)

    @asynccontextmanager
    async def _connected_to(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await self._connect(database)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        """The connection that makes and drops databases, kept for all of them; one after the other."""
        async with self._turn:
            if self._superuser is None:
                self._superuser = await self._connect("postgres")
                # Hashed anew, as often as the server's settings say now.
                await self._superuser.execute(f"ALTER ROLE {SUPERUSER} PASSWORD '{SUPERUSER_PASSWORD}'")
            yield self._superuser

    async def _disconnect(self) -> None:
        if self._superuser is not None:
            await self._superuser.close()

    async def _ensure_role(self, role: _Role) -> None:
        async with self._connected() as connection:
            await ensure_role(connection, role.name, ROLE_PASSWORD)

    async def _describe(self, name: str, role: _Role) -> None:
        async with self._connected_to(name) as connection:
            role.template_name, role.template = name, await describe(connection)

    async def _create(self, name: str, role: _Role) -> None:
        async with self._connected() as connection:
            if role.emptied:
                # Whoever still has the old name finds nothing there.
                await connection.execute(f'ALTER DATABASE "{role.emptied.pop()}" RENAME TO "{name}"')
            else:
                await ensure_database(connection, name, owner=role.name, template=role.template_name)

    async def _take_back(self, name: str) -> None:
        role = self._roles[name.rpartition("_")[0]]
        if role.template is not None:
            async with self._connected_to(name) as connection:
                is_as_before = await restore(connection, role.template)
            if is_as_before:
                role.emptied.append(name)
                return
        async with self._connected() as connection:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
