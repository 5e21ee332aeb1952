"""How is pathway put together? The one composition root, for the API, the worker and the tests."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import FastAPI

from services.pathway.api import outcomes, pathways
from services.pathway.consumers import routes
from services.pathway.periodic.detect_overdue_expectations import detect_overdue
from services.pathway.periodic.measure_ruptures import measure_ruptures
from services.pathway.settings import Settings
from shared.database.pool import Pool, open_pool
from shared.events.registry import ADMISSION, PATHWAY
from shared.runtime.clock import Clock, system_clock
from shared.spine.consumer.batch_consumer import BatchConsumer
from shared.spine.inbox.application import Routes
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
from shared.spine.worker import Duty, periodic
from shared.web.app import Lifespan, create_app

DETECT_EVERY_SECONDS: Final = 1.0
MEASURE_EVERY_SECONDS: Final = 5.0
TURN_SECONDS: Final = 0.05
"""A board may be that late."""
GROUP: Final = "relais-pathway"


@dataclass(frozen=True)
class Service:
    """What every part of pathway works with."""

    pool: Pool
    clock: Clock
    routes: Routes
    operations: OperationsContext
    books: ReconciliationContext

    async def ready(self) -> bool:
        """Whether the database answers."""
        return bool(await self.pool.fetchval("SELECT true"))


@asynccontextmanager
async def open_service(settings: Settings, *, clock: Clock = system_clock) -> AsyncIterator[Service]:
    """Open what pathway needs; it also starts while the database is away, and waits for it."""
    async with (
        open_pool(settings.database_url, application_name="pathway", min_size=0) as pool,
        open_reconciliation(
            PATHWAY,
            pool,
            clock,
            consumes=[ADMISSION],
            publishers=settings.publishers,
            key=settings.peer_key,
            key_sha256=settings.peer_key_sha256,
        ) as books,
    ):
        yield Service(
            pool=pool,
            clock=clock,
            routes=routes(clock=clock, rules=settings.rules),
            operations=operations_context(
                pool,
                ["consumer", "relay"],
                bootstrap=settings.kafka_bootstrap,
                consumer_group=GROUP,
                publishers=books.consumes,
                clock=clock,
            ),
            books=books,
        )


def create_api(lifespan: Lifespan) -> FastAPI:
    """The HTTP application, not connected to anything before its lifespan."""
    routers = [pathways.router, outcomes.router, parked.router, operations.router]
    routers += [ledger_api.router, inbox_api.router, report_api.router]
    return create_app(
        title="Relais pathway", lifespan=lifespan, routers=routers, fast_routes=pathways.FAST_ROUTES
    )


@asynccontextmanager
async def serving(app: FastAPI, service: Service) -> AsyncIterator[None]:
    """Let the application use the service."""
    app.state.service = service
    app.state.reconciliation = service.books
    app.state.authenticator = service.books.authenticator()
    app.state.ready = service.ready
    app.state.operations = service.operations
    app.state.parked = parked_context(service.pool, service.routes, service.clock)
    yield


def duties(service: Service, settings: Settings) -> Mapping[str, Duty]:
    """What the worker does: consume, relay, watch the clock, measure."""
    pool, clock = service.pool, service.clock
    reconciliation = ConsumerReconciliation(service.books, service.routes)
    consumer = BatchConsumer(
        pool,
        bootstrap=settings.kafka_bootstrap,
        group=GROUP,
        publishers=service.books.consumes,
        routes=service.routes,
        turn_seconds=TURN_SECONDS,
        on_holes=reconciliation.on_holes,
        clock=clock,
    )
    watch = partial(detect_overdue, pool, clock=clock)
    measure = partial(measure_ruptures, pool, clock=clock)
    return {
        "consumer": consumer.run,
        **reconciliation.duties,
        **publisher_duties(service.books),
        "relay": Relay(pool, settings.kafka_bootstrap, PATHWAY, clock=clock).run,
        "detect_overdue": periodic("detect_overdue", watch, every_seconds=DETECT_EVERY_SECONDS),
        "measure_operations": measure_operations(pool, clock=clock),
        "measure_ruptures": periodic("measure_ruptures", measure, every_seconds=MEASURE_EVERY_SECONDS),
    }
