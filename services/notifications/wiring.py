"""How is notifications put together? The one composition root, for the API, the worker and the tests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI

from services.notifications.api import ROUTERS
from services.notifications.channels.channel import Channel
from services.notifications.channels.email import EmailChannel
from services.notifications.channels.sms import SmsChannel, capability_of
from services.notifications.consumers import routes
from services.notifications.domain.circle.members import Medium
from services.notifications.handlers.audit.ledgers import Ledgers
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.periodic.audit_obligations import audit_obligations
from services.notifications.periodic.expire_obligations import expire_obligations
from services.notifications.periodic.fulfil_due_obligations import fulfil_due_obligations
from services.notifications.periodic.measure_obligations import measure_obligations
from services.notifications.periodic.sweep_unknown_attempts import sweep_unknown_attempts
from services.notifications.settings import Settings
from shared.database.pool import open_pool
from shared.events.registry import ADMISSION, NOTIFICATIONS, PATHWAY
from shared.runtime.clock import Clock, system_clock
from shared.security.vault import Vault, master_key_of
from shared.spine.consumer.batch_consumer import BatchConsumer
from shared.spine.operations import api as operations
from shared.spine.operations.context import OperationsContext, operations_context
from shared.spine.operations.measure import measure_operations
from shared.spine.outbox.relay import Relay
from shared.spine.parked import api as parked
from shared.spine.parked.context import parked_context
from shared.spine.reconciliation.api import inbox as inbox_api
from shared.spine.reconciliation.api import ledger as ledger_api
from shared.spine.reconciliation.api import report as report_api
from shared.spine.reconciliation.context import ReconciliationContext, open_reconciliation
from shared.spine.reconciliation.duties import ConsumerReconciliation, publisher_duties
from shared.spine.worker import Duty
from shared.web.app import Lifespan, create_app
from shared.web.client import open_client

SMS_TIMEOUT_SECONDS: Final = 20.0
TURN_SECONDS: Final = 0.02
"""At forty movements a second half as many transactions, which the sending lanes would have to wait for."""
GROUP: Final = "relais-notifications"


@dataclass(frozen=True)
class Service:
    """What every part of notifications works with."""

    means: Dependencies
    operations: OperationsContext
    books: ReconciliationContext

    async def ready(self) -> bool:
        """Whether the database answers."""
        return bool(await self.means.pool.fetchval("SELECT true"))


@asynccontextmanager
async def open_service(settings: Settings, *, clock: Clock = system_clock) -> AsyncIterator[Service]:
    """Open what notifications needs; it also starts while the database is away, and waits for it."""
    async with (
        open_pool(settings.database_url, application_name="notifications", min_size=0, max_size=16) as pool,
        open_client(timeout_seconds=SMS_TIMEOUT_SECONDS) as client,
        open_reconciliation(
            NOTIFICATIONS,
            pool,
            clock,
            consumes=[ADMISSION, PATHWAY],
            publishers=settings.publishers,
            key=settings.peer_key,
            key_sha256=settings.peer_key_sha256,
        ) as books,
    ):
        vault = Vault(master_key_of(settings.master_key))
        yield Service(
            books=books,
            operations=operations_context(
                pool,
                ["consumer", "relay", "sending"],
                bootstrap=settings.kafka_bootstrap,
                consumer_group=GROUP,
                publishers=books.consumes,
                clock=clock,
            ),
            means=Dependencies(
                pool=pool,
                vault=vault,
                clock=clock,
                channels=_channels(settings, vault, client, clock),
                waits=settings.waits,
                zone=ZoneInfo(settings.time_zone),
                public_url=settings.public_url.rstrip("/"),
                contact_phone=settings.contact_phone,
            ),
        )


def _channels(
    settings: Settings, vault: Vault, client: httpx.AsyncClient, clock: Clock
) -> Mapping[Medium, Channel]:
    return {
        "sms": SmsChannel(
            client,
            url=settings.sms_url,
            username=settings.sms_username,
            password=settings.sms_password,
            public_url=settings.public_url.rstrip("/"),
            capability=capability_of(vault),
            sender=settings.sms_sender or None,
        ),
        "email": EmailChannel(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.mail_from,
            clock=clock,
            starttls=True if settings.smtp_username else settings.smtp_starttls,
            username=settings.smtp_username or None,
            password=settings.smtp_password or None,
        ),
    }


def create_api(lifespan: Lifespan) -> FastAPI:
    """The HTTP application, not connected to anything before its lifespan."""
    routers = [
        *ROUTERS,
        parked.router,
        operations.router,
        ledger_api.router,
        inbox_api.router,
        report_api.router,
    ]
    return create_app(title="Relais notifications", lifespan=lifespan, routers=routers)


@asynccontextmanager
async def serving(app: FastAPI, service: Service) -> AsyncIterator[None]:
    """Let the application use the service."""
    app.state.means = service.means
    app.state.reconciliation = service.books
    app.state.authenticator = service.books.authenticator()
    app.state.ready = service.ready
    app.state.operations = service.operations
    app.state.parked = parked_context(service.means.pool, routes(service.means), service.means.clock)
    yield


def duties(service: Service, settings: Settings) -> Mapping[str, Duty]:
    """What the worker does: consume, relay, send over each channel, watch the clock, measure."""
    means = service.means
    lanes = {medium: asyncio.Event() for medium in means.channels}

    def wake_lanes() -> None:
        for woken in lanes.values():
            woken.set()

    reconciliation = ConsumerReconciliation(service.books, routes(means), after_commit=wake_lanes)
    consumer = BatchConsumer(
        means.pool,
        bootstrap=settings.kafka_bootstrap,
        group=GROUP,
        publishers=service.books.consumes,
        routes=routes(means),
        after_commit=wake_lanes,
        turn_seconds=TURN_SECONDS,
        on_holes=reconciliation.on_holes,
        clock=means.clock,
    )
    return {
        "consumer": consumer.run,
        **reconciliation.duties,
        **publisher_duties(service.books),
        "relay": Relay(means.pool, settings.kafka_bootstrap, NOTIFICATIONS, clock=means.clock).run,
        **{
            f"fulfil_{medium}": fulfil_due_obligations(means, medium, woken)
            for medium, woken in lanes.items()
        },
        "sweep_unknown_attempts": sweep_unknown_attempts(means),
        "expire_obligations": expire_obligations(means),
        "measure_operations": measure_operations(means.pool, clock=means.clock),
        "measure_obligations": measure_obligations(means),
        **_audits(service),
    }


def _audits(service: Service) -> Mapping[str, Duty]:
    """None where nobody said where the publishers' ledgers are: what is derived from our own is no proof."""
    books = service.books
    if set(books.ledger_clients) != set(books.consumes):
        return {}
    return audit_obligations(service.means, Ledgers(books.ledger_clients))
