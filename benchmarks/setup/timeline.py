"""Reads timelines over HTTP, from the peer, and by the bare statement."""

import asyncio
import random
import statistics
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import uvloop

from benchmarks.load.closed_loop import Measured, get_all
from benchmarks.setup import filling
from benchmarks.setup.processes import open_api
from benchmarks.setup.stores import Stores
from shared.security.principal import new_key

_READ = "SELECT document FROM pathways WHERE person_id = $1"
_GRANT = """
INSERT INTO api_keys (key_sha256, key_id, source_id, scopes) VALUES ($1, $2, $2, '{read,operator}')
"""
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Reader:
    """The ways of reading one store."""

    events: int
    database_url: str
    ours: str
    peer: str
    key: str

    def over_http(self, contestant: str, persons: list[uuid.UUID], connections: int) -> Measured:
        """Request the timelines of these persons."""
        url, headers = (
            (self.ours, {"Authorization": f"Bearer {self.key}"})
            if contestant == "relais"
            else (self.peer, {})
        )
        paths = [f"/v1/persons/{person}/pathway?limit=50" for person in persons]
        measured = uvloop.run(get_all(url, paths, connections=connections, headers=headers))
        if set(measured.statuses) != {200}:
            raise RuntimeError(f"{contestant} answered {dict(measured.statuses)}")
        return measured

    def by_sql(self, persons: list[uuid.UUID], connections: int) -> Measured:
        """Read the same rows with the bare statement."""
        return uvloop.run(_read_all(self.database_url, persons, connections))

    def persons(self, count: int) -> list[uuid.UUID]:
        """Some persons of the store."""
        known = self.events // filling.EVENTS_PER_PERSON
        chosen = random.choices(range(1, known + 1), k=count)  # noqa: S311
        return [filling.person_id(number) for number in chosen]


@contextmanager
def open_readers(stores: Stores, folder: Path) -> Iterator[list[Reader]]:
    """Pathway's API and the peer on every store."""
    with ExitStack() as stack:
        readers = []
        for events in stores.sizes:
            url = stores.database.url(stores.name("pathway", events))
            key, digest = new_key()
            asyncio.run(_grant(url, digest))
            ours = open_api(
                folder,
                "services.pathway.main:app",
                ready="/ready",
                environment={"RELAIS_DATABASE_URL": url, "RELAIS_KAFKA_BOOTSTRAP": "127.0.0.1:1"},
            )
            peer = open_api(
                folder,
                "benchmarks.peer.textbook_timeline:app",
                ready="/docs",
                environment={"PEER_DATABASE_URL": url.replace("postgresql://", "postgresql+asyncpg://")},
            )
            readers.append(Reader(events, url, stack.enter_context(ours), stack.enter_context(peer), key))
        yield readers


async def _grant(url: str, digest: str) -> None:
    connection = await asyncpg.connect(url, timeout=_TIMEOUT_SECONDS)
    try:
        await connection.execute(_GRANT, digest, uuid.uuid4())
    finally:
        await connection.close()


async def _read_all(url: str, persons: list[uuid.UUID], connections: int) -> Measured:
    pool = await asyncpg.create_pool(url, min_size=connections, max_size=connections)
    remaining = iter(persons)
    durations: list[float] = []

    async def one_connection() -> None:
        async with pool.acquire() as connection:
            for person in remaining:
                start = time.perf_counter()
                await connection.fetchval(_READ, person)
                durations.append(time.perf_counter() - start)

    async with pool:
        start = time.perf_counter()
        await asyncio.gather(*(one_connection() for _ in range(connections)))
        elapsed = time.perf_counter() - start
    cuts = statistics.quantiles(durations, n=100)
    return Measured(len(persons) / elapsed, cuts[49] * 1000, cuts[98] * 1000, Counter())
