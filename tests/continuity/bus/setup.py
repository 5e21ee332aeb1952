"""Sets up the comparison: one broker and producer for both groups, and a database for each."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from deploy.local.ports import HOST, free_port
from deploy.local.servers.databases import database_url, ensure_databases
from deploy.local.servers.kafka import KafkaServer, kafka_server, prepare
from deploy.local.servers.postgres import initialise, postgres_server
from shared.database.migrations import migrate
from tests.continuity.bus.effects import CREATE, Effects
from tests.continuity.bus.group import Group
from tests.continuity.bus.supply import Supply
from tests.continuity.platform.layout import PROJECT
from tests.continuity.platform.process import Process

_PASSWORD: Final = "bus"  # a server of this run only, on the loopback address


@dataclass
class Setup:
    """The parts that faults hit, and the groups that must survive them."""

    server: KafkaServer
    broker: Process
    supply: Supply
    groups: Sequence[Group]

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.server.port}"

    def wipe(self) -> None:
        """Delete all of the broker's data and format it as another cluster."""
        shutil.rmtree(self.server.data)
        prepare(self.server)


@asynccontextmanager
async def open_setup(
    folder: Path, *, clients: Sequence[str], members: int, rate: int, seed: int, stalled_after_seconds: float
) -> AsyncIterator[Setup]:
    """Start everything, and end everything after the block."""
    async with AsyncExitStack() as stack:
        database_port = await _start_database(stack, folder)
        server = kafka_server(folder / "kafka", port=free_port(), controller_port=free_port())
        await asyncio.to_thread(prepare, server)
        broker = Process("kafka", command=server.command, is_ready=server.is_ready, log=folder / "kafka.log")
        await _start(stack, broker)
        supply = Supply(f"{HOST}:{server.port}", rate=rate, seed=seed)
        sending = asyncio.create_task(supply.run())
        stack.push_async_callback(_cancelled, sending)
        groups = []
        for client in clients:
            url = await _new_database(client, database_port)
            connection = await asyncpg.connect(url, timeout=30, command_timeout=60)
            stack.push_async_callback(connection.close, timeout=10)
            await connection.execute(CREATE)
            environment = {
                "BUS_DATABASE": url,
                "BUS_BOOTSTRAP": f"{HOST}:{server.port}",
                "BUS_STALLED_AFTER_SECONDS": str(stalled_after_seconds),
                "PYTHONPATH": str(PROJECT),
            }
            group = Group(
                client, members=members, environment=environment, effects=Effects(connection), logs=folder
            )
            stack.push_async_callback(group.end)
            groups.append(group)
        yield Setup(server, broker, supply, groups)


async def _start_database(stack: AsyncExitStack, folder: Path) -> int:
    server = postgres_server(folder / "postgres", port=free_port())
    await asyncio.to_thread(initialise, server, superuser_password=_PASSWORD, durable=False)
    await _start(
        stack,
        Process(
            "postgresql",
            command=server.command,
            is_ready=server.is_ready,
            log=folder / "postgres.log",
            stop_signal=signal.SIGINT,
        ),
    )
    return server.port


async def _start(stack: AsyncExitStack, process: Process) -> None:
    process.start()
    stack.push_async_callback(process.end)
    await process.ready()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def _new_database(name: str, port: int) -> str:
    await ensure_databases(superuser_password=_PASSWORD, port=port, passwords={name: _PASSWORD})
    url = database_url(role=name, password=_PASSWORD, port=port, database=name)
    # Any service's schema will do: only the spine's tables are used.
    await asyncio.to_thread(migrate, "indicators", url)
    return url
