"""Starts a PostgreSQL and a Kafka for one run, as durable as in production."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import HOST, free_port
from deploy.local.servers.databases import database_url, ensure_databases, superuser_url
from deploy.local.servers.kafka import kafka_server, prepare
from deploy.local.servers.postgres import PostgresServer, initialise, postgres_server
from deploy.local.servers.running import RunningServer

PASSWORD = "benchmark"  # noqa: S105 - a server of this run only, on the loopback address
_START_SECONDS = 240


@dataclass(frozen=True)
class Database:
    """A cluster in which every database belongs to a role of the same name."""

    port: int

    @property
    def superuser(self) -> str:
        """The superuser's URL."""
        return superuser_url(password=PASSWORD, port=self.port)

    def url(self, name: str) -> str:
        """A database's URL for its owner."""
        return database_url(role=name, password=PASSWORD, port=self.port, database=name)

    def make(self, names: Sequence[str]) -> None:
        """Create the databases that do not exist yet."""
        asyncio.run(
            ensure_databases(
                superuser_password=PASSWORD, port=self.port, passwords=dict.fromkeys(names, PASSWORD)
            )
        )


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder that the servers' account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="relais-bench-", dir=os.environ.get("RELAIS_BENCH_FOLDER")))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_postgres(folder: Path, *settings: str) -> Iterator[Database]:
    """Run the cluster in `folder`, created if necessary; `settings` such as `fsync=off` only for loading."""
    server = _Configured(postgres_server(folder / "postgres", port=free_port()), settings)
    initialise(server.server, superuser_password=PASSWORD)
    running = RunningServer(server, log=folder / "postgres.log", stop_signal=signal.SIGINT)
    with _run(running):
        yield Database(server.port)


@contextmanager
def open_kafka(folder: Path) -> Iterator[str]:
    """Run a broker; gives its bootstrap address."""
    kafka = kafka_server(folder / "kafka", port=free_port(), controller_port=free_port())
    prepare(kafka)
    with _run(RunningServer(kafka, log=folder / "kafka.log", stop_signal=signal.SIGTERM)):
        yield f"{HOST}:{kafka.port}"


@dataclass(frozen=True)
class _Configured:
    server: PostgresServer
    settings: Sequence[str]

    @property
    def port(self) -> int:
        return self.server.port

    def command(self) -> list[str]:
        return [*self.server.command(), *(word for one in self.settings for word in ("-c", one))]

    def is_ready(self) -> bool:
        return self.server.is_ready()


@contextmanager
def _run(server: RunningServer) -> Iterator[None]:
    with ExitStack() as stack:
        server.start(within_seconds=_START_SECONDS)
        stack.callback(server.stop)
        yield
