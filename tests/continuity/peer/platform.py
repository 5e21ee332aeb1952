"""Runs the peer on the same servers and behind the same proxies as the platform."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from benchmarks.peer.textbook import TOPIC
from deploy.local.ports import HOST
from deploy.local.servers.databases import database_url, ensure_databases
from deploy.local.stack.credentials import ensure_credentials
from deploy.local.stack.probes import answers
from deploy.local.supervision.children import leashed
from shared.spine.kafka.topics import PARTITIONS
from tests.continuity.gateway.server import Gateway
from tests.continuity.journal import Journal
from tests.continuity.platform.layout import PROJECT, Layout
from tests.continuity.platform.process import Process
from tests.continuity.platform.running import Platform
from tests.continuity.platform.servers import Broker, postgresql
from tests.continuity.proxy.proxy import Proxy

APIS: Final = ("admission-api", "admission-api-2")
CONSUMERS: Final = ("notifications-worker-1", "notifications-worker-2")
"""Named as our own parts, so that one schedule of faults fits both."""
_NAME: Final = "peer"
_PASSWORD: Final = "peer"


def peer_database(layout: Layout) -> str:
    """The peer's database URL, bypassing the proxy."""
    return _database(layout.ports["postgresql"])


@asynccontextmanager
async def running_peer(
    layout: Layout, *, gateway_journal: Journal, phones: Path, seed: int
) -> AsyncIterator[Platform]:
    """Start everything, yield once all is ready, and end everything."""
    credentials, operator_key = ensure_credentials(layout.folder)
    ports = layout.ports
    broker = await asyncio.to_thread(Broker, layout)
    processes = [postgresql(layout, credentials), broker.process]
    processes += [_api(part, layout) for part in APIS]
    processes += [_consumer(part, layout, phones) for part in CONSUMERS]
    async with AsyncExitStack() as stack:
        platform = Platform(
            layout=layout,
            credentials=credentials,
            operator_key=operator_key or "",
            processes={process.name: process for process in processes},
            broker=broker,
            database_proxy=Proxy(port=ports["proxy-postgresql"], target_port=ports["postgresql"]),
            broker_proxy=Proxy(port=ports["proxy-kafka"], target_port=ports["kafka"]),
            gateway=Gateway(gateway_journal, port=ports["sms-gateway"], seed=seed),
            broker_has_own_disk=await stack.enter_async_context(broker.own_disk()),
        )
        for part in (platform.gateway, platform.database_proxy, platform.broker_proxy):
            await stack.enter_async_context(part.running())
        await stack.enter_async_context(_kept_running(platform))
        yield platform


@asynccontextmanager
async def _kept_running(platform: Platform) -> AsyncIterator[None]:
    processes = platform.processes.values()
    keepers: list[asyncio.Task[None]] = []
    try:
        await asyncio.to_thread(platform.broker.format)
        for server in ("postgresql", "kafka"):
            platform.processes[server].start()
        await platform.ready("postgresql", "kafka")
        await ensure_databases(
            superuser_password=platform.credentials.superuser_password,
            port=platform.layout.ports["postgresql"],
            passwords={_NAME: _PASSWORD},
        )
        await _make_topic(platform.bootstrap)
        for part in (*APIS, *CONSUMERS):  # one after the other: each creates the tables
            platform.processes[part].start()
            await platform.ready(part)
        keepers = [asyncio.create_task(process.keep()) for process in processes]
        yield
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await asyncio.gather(*(platform.processes[part].end() for part in (*APIS, *CONSUMERS)))
        await asyncio.gather(*(platform.processes[server].end() for server in ("postgresql", "kafka")))


def _api(part: str, layout: Layout) -> Process:
    port = layout.ports[part]
    entry = [
        "uvicorn",
        "benchmarks.peer.textbook:app",
        "--host",
        HOST,
        "--port",
        str(port),
        "--no-access-log",
    ]
    return Process(
        part,
        command=lambda: leashed([sys.executable, "-m", *entry]),
        is_ready=answers(port, "/openapi.json"),
        log=layout.logs / f"{part}.log",
        environment=_environment(layout),
    )


def _consumer(part: str, layout: Layout, phones: Path) -> Process:
    environment = {
        **_environment(layout),
        "PEER_PHONES": str(phones),
        "PEER_SMS_URL": layout.url("sms-gateway") + "/cgi-bin/sendsms",
        "PEER_REPORT_URL": layout.url("admission-api") + "/openapi.json",
    }
    return Process(
        part,
        command=lambda: leashed([sys.executable, "-m", "benchmarks.peer.textbook_consumer"]),
        is_ready=lambda: True,
        log=layout.logs / f"{part}.log",
        environment=environment,
    )


def _environment(layout: Layout) -> Mapping[str, str]:
    database = _database(layout.ports["proxy-postgresql"])
    return {
        "PEER_DATABASE_URL": database.replace("postgresql://", "postgresql+asyncpg://"),
        "PEER_KAFKA_BOOTSTRAP": layout.seen_by_services().bootstrap,
        "PYTHONPATH": str(PROJECT),
    }


def _database(port: int) -> str:
    return database_url(role=_NAME, password=_PASSWORD, port=port, database=_NAME)


async def _make_topic(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(TOPIC, num_partitions=PARTITIONS, replication_factor=1)])
    finally:
        await admin.close()
