"""Starts and ends a whole platform in which faults can reach every part."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace

from deploy.local.servers.databases import superuser_url
from deploy.local.stack.addresses import Addresses
from deploy.local.stack.credentials import Credentials, ensure_credentials
from deploy.local.stack.services import service_database_url
from shared.spine.kafka.topics import ensure_topics
from tests.continuity.gateway.server import Gateway
from tests.continuity.history import install_history
from tests.continuity.journal import Journal
from tests.continuity.platform.layout import PUBLISHERS, SERVICES, Layout
from tests.continuity.platform.process import Process
from tests.continuity.platform.servers import Broker, postgresql, prepare_databases
from tests.continuity.platform.services import service_processes
from tests.continuity.proxy.proxy import Proxy


@dataclass(frozen=True)
class Platform:
    """A running platform."""

    layout: Layout
    credentials: Credentials
    operator_key: str
    processes: Mapping[str, Process]
    """By name: postgresql, kafka, and every API and worker."""
    broker: Broker
    database_proxy: Proxy
    broker_proxy: Proxy
    gateway: Gateway
    broker_has_own_disk: bool

    @property
    def bootstrap(self) -> str:
        """Kafka's bootstrap address, through the proxy."""
        return self.layout.seen_by_services().bootstrap

    def superuser_url(self, database: str = "postgres") -> str:
        """The superuser's database URL, bypassing the proxy."""
        password, port = self.credentials.superuser_password, self.layout.ports["postgresql"]
        return superuser_url(password=password, port=port, database=database)

    def database_urls(self) -> dict[str, str]:
        """Service -> its database URL with its own role, bypassing the proxy."""
        direct = Addresses(self.layout.ports, {})
        return {service: service_database_url(service, direct, self.credentials) for service in SERVICES}

    async def ready(self, *parts: str) -> None:
        """Return once the parts are ready; all parts when none is named."""
        await asyncio.gather(*(self.processes[part].ready() for part in parts or self.processes))


@asynccontextmanager
async def running_platform(
    layout: Layout, *, wait_factor: float, mutation: str | None, gateway_journal: Journal, seed: int
) -> AsyncIterator[Platform]:
    """Start everything, yield once all is ready, and end everything."""
    made, operator_key = ensure_credentials(layout.folder)
    # A broker that is wiped has forgotten who may do what, and nobody stands by to give rights again.
    credentials = replace(made, kafka_passwords={})
    if operator_key is None:
        raise RuntimeError("a run begins in a folder of its own")
    ports = layout.ports
    broker = await asyncio.to_thread(Broker, layout)
    async with AsyncExitStack() as stack:
        has_own_disk = await stack.enter_async_context(broker.own_disk())
        platform = Platform(
            layout=layout,
            credentials=credentials,
            operator_key=operator_key,
            processes=_processes(layout, credentials, broker, wait_factor=wait_factor, mutation=mutation),
            broker=broker,
            database_proxy=Proxy(port=ports["proxy-postgresql"], target_port=ports["postgresql"]),
            broker_proxy=Proxy(port=ports["proxy-kafka"], target_port=ports["kafka"]),
            gateway=Gateway(gateway_journal, port=ports["sms-gateway"], seed=seed),
            broker_has_own_disk=has_own_disk,
        )
        for part in (platform.gateway, platform.database_proxy, platform.broker_proxy):
            await stack.enter_async_context(part.running())
        async with _kept_running(platform):
            yield platform


def _processes(
    layout: Layout, credentials: Credentials, broker: Broker, *, wait_factor: float, mutation: str | None
) -> dict[str, Process]:
    services = service_processes(layout, credentials, wait_factor=wait_factor, mutation=mutation)
    servers = [postgresql(layout, credentials), broker.process]
    return {process.name: process for process in (*servers, *services)}


@asynccontextmanager
async def _kept_running(platform: Platform) -> AsyncIterator[None]:
    processes = platform.processes.values()
    keepers: list[asyncio.Task[None]] = []
    try:
        await asyncio.to_thread(platform.broker.format)
        for server in ("postgresql", "kafka"):
            platform.processes[server].start()
        await platform.ready("postgresql", "kafka")
        await prepare_databases(platform.layout, platform.credentials)
        await install_history(platform.database_urls())
        await ensure_topics(platform.bootstrap, PUBLISHERS)
        for process in processes:
            process.start()
        await platform.ready()
        keepers = [asyncio.create_task(process.keep()) for process in processes]
        yield
    finally:
        for keeper in keepers:
            keeper.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*keepers, return_exceptions=True)
        servers = [platform.processes[name] for name in ("postgresql", "kafka")]
        await asyncio.gather(*(process.end() for process in processes if process not in servers))
        await asyncio.gather(*(server.end() for server in servers))
