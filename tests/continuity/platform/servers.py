"""Sets up PostgreSQL and Kafka for a run, so that services reach them only through the proxies."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from deploy.local.ports import HOST
from deploy.local.servers.accounts import give
from deploy.local.servers.databases import ensure_databases
from deploy.local.servers.kafka import KafkaServer, kafka_server, prepare
from deploy.local.servers.postgres import initialise, postgres_server
from deploy.local.stack.credentials import Credentials
from deploy.local.stack.services import service_database_url
from deploy.local.supervision.once import run_once
from tests.continuity.platform.layout import PROJECT, SERVICES, Layout
from tests.continuity.platform.process import Process

BROKER_DISK: Final = "1g"


def postgresql(layout: Layout, credentials: Credentials) -> Process:
    """PostgreSQL, with its cluster initialised."""
    server = postgres_server(layout.data / "postgres", port=layout.ports["postgresql"])
    initialise(server, superuser_password=credentials.superuser_password)
    return Process(
        "postgresql",
        command=server.command,
        is_ready=server.is_ready,
        log=layout.logs / "postgresql.log",
        stop_signal=signal.SIGINT,
    )


class Broker:
    """Kafka, on a file system of its own where one can be mounted."""

    def __init__(self, layout: Layout) -> None:
        self.disk = layout.data / "broker"
        self.server: KafkaServer = kafka_server(
            self.disk / "kafka",
            port=layout.ports["kafka"],
            controller_port=layout.ports["kafka-controller"],
            short_lived=True,
        )
        self._advertised = layout.ports["proxy-kafka"]
        self.process = Process(
            "kafka",
            command=self.server.command,
            is_ready=self.server.is_ready,
            log=layout.logs / "kafka.log",
        )

    def format(self) -> None:
        """Format its data folder unless it exists, and advertise the proxy's address."""
        prepare(self.server)
        with self.server.properties.open("a") as properties:
            # The last value of a setting counts.
            properties.write(f"advertised.listeners=CLIENTS://{HOST}:{self._advertised},")
            properties.write(f"CONTROLLER://{HOST}:{self.server.controller_port}\n")

    def wipe(self) -> None:
        """Delete all its data and format it as another cluster."""
        shutil.rmtree(self.server.data)
        self.format()

    @asynccontextmanager
    async def own_disk(self) -> AsyncIterator[bool]:
        """Mount a small file system for as long as the block lasts; False where that is not permitted."""
        self.disk.mkdir(exist_ok=True)
        mounted = os.geteuid() == 0 and await asyncio.to_thread(
            _succeeds, "mount", "-t", "tmpfs", "-o", f"size={BROKER_DISK},mode=711", "relais", str(self.disk)
        )
        self.disk.chmod(0o711)
        give(self.server.account, self.disk)
        try:
            yield mounted
        finally:
            if mounted:
                await asyncio.to_thread(_succeeds, "umount", "--lazy", str(self.disk))


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


async def prepare_databases(layout: Layout, credentials: Credentials) -> None:
    """Create and migrate a database for each service."""
    await ensure_databases(
        superuser_password=credentials.superuser_password,
        port=layout.ports["postgresql"],
        passwords=credentials.database_passwords,
    )
    await asyncio.gather(*(_migrate(service, layout, credentials) for service in SERVICES))


async def _migrate(service: str, layout: Layout, credentials: Credentials) -> None:
    url = service_database_url(service, layout.seen_by_services(), credentials)
    await run_once(
        f"migrate-{service}",
        ["-m", "shared.database.migrations", service],
        environment={"RELAIS_DATABASE_URL": url, "PYTHONPATH": str(PROJECT)},
        log=layout.logs / f"migrate-{service}.log",
    )
