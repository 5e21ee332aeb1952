"""Creates databases with up to ten million events by SQL, in a cluster that is kept for several runs.

Loading turns off durability; for the measurement the cluster is restarted with production settings.
"""

import asyncio
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks.setup import filling
from benchmarks.setup.servers import Database, open_postgres
from deploy.local.servers.accounts import give, server_account
from shared.database.migrations import migrate

_HOURS_SECONDS = 7200

# For loading only; never while measuring.
_LOADING = (
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=32GB",
    "checkpoint_timeout=1h",
    "autovacuum=off",
    "maintenance_work_mem=512MB",
    "max_parallel_maintenance_workers=2",
)


@dataclass(frozen=True)
class Stores:
    """A cluster with one database per service and number of events."""

    folder: Path
    database: Database
    sizes: Sequence[int]

    @staticmethod
    def name(service: str, events: int) -> str:
        """Name of the database and of its role."""
        return f"{service}_{events}"


@contextmanager
def open_stores(folder: Path, sizes: Sequence[int], services: Sequence[str]) -> Iterator[Stores]:
    """The stores in `folder`, created where they do not exist yet."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    give(server_account(), folder)
    made = folder / "made.json"
    have: list[str] = json.loads(made.read_text()) if made.exists() else []
    wanted = [(service, size) for service in services for size in sizes]
    missing = [one for one in wanted if Stores.name(*one) not in have]
    if missing:
        with open_postgres(folder, *_LOADING) as database:
            for service, size in missing:
                _make(database, service, size)
                have.append(Stores.name(service, size))
                made.write_text(json.dumps(have))
        os.sync()  # otherwise the disk would still be busy with it during the measurement
    with open_postgres(folder, "shared_buffers=1GB") as database:
        yield Stores(folder, database, sizes)


def _make(database: Database, service: str, events: int) -> None:
    name = Stores.name(service, events)
    database.make([name])
    migrate(service, database.url(name))
    asyncio.run(_fill(database.url(name), service, events))


async def _fill(url: str, service: str, events: int) -> None:
    persons = events // filling.EVENTS_PER_PERSON
    connection = await asyncpg.connect(url, timeout=30, command_timeout=_HOURS_SECONDS)
    try:
        for statement, arguments in filling.statements(service, persons):
            await connection.execute(statement, *arguments)
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
