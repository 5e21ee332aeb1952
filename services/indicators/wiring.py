"""How is indicators put together? The one composition root, for the API, the worker and the tests."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI

from services.indicators.api import indicators, outcomes
from services.indicators.consumers import PUBLISHERS, routes
from services.indicators.handlers import Handlers
from services.indicators.settings import Settings
from shared.database.pool import Pool, open_pool
from shared.runtime.clock import Clock, system_clock
from shared.spine.consumer.batch_consumer import BatchConsumer
from shared.spine.operations import api as operations
from shared.spine.operations.context import OperationsContext, operations_context
from shared.spine.operations.measure import measure_operations
from shared.spine.parked import api as parked
from shared.spine.parked.context import parked_context
from shared.spine.reconciliation.api import inbox as inbox_api
from shared.spine.reconciliation.api import report as report_api
from shared.spine.reconciliation.context import ReconciliationContext, open_reconciliation
from shared.spine.reconciliation.duties import ConsumerReconciliation
from shared.spine.worker import Duty
from shared.web.app import Lifespan, create_app

TURN_SECONDS: Final = 0.1
"""Nobody waits for a figure."""
GROUP: Final = "relais-indicators"


@dataclass(frozen=True)
class Service:
    """Everything that indicators can do."""

    pool: Pool
    handlers: Handlers
    operations: OperationsContext
    books: ReconciliationContext

    async def ready(self) -> bool:
        """Whether the database answers."""
        return bool(await self.pool.fetchval("SELECT true"))


@asynccontextmanager
async def open_service(settings: Settings, *, clock: Clock = system_clock) -> AsyncIterator[Service]:
    """Open what indicators needs; nothing is connected outside of this block."""
    async with (
        open_pool(settings.database_url, application_name="indicators") as pool,
        open_reconciliation(
            "indicators",
            pool,
            clock,
            consumes=PUBLISHERS,
            publishers=settings.publishers,
            key=settings.peer_key,
            key_sha256=settings.peer_key_sha256,
        ) as books,
    ):
        yield Service(
            pool=pool,
            handlers=Handlers(pool=pool, clock=clock),
            operations=operations_context(
                pool,
                ["consumer"],
                bootstrap=settings.kafka_bootstrap,
                consumer_group=GROUP,
                publishers=PUBLISHERS,
                clock=clock,
            ),
            books=books,
        )


def create_api(lifespan: Lifespan) -> FastAPI:
    """The HTTP application, not connected to anything before its lifespan."""
    routers = [
        indicators.router,
        outcomes.router,
        parked.router,
        operations.router,
        inbox_api.router,
        report_api.router,
    ]
    return create_app(title="Relais indicators", lifespan=lifespan, routers=routers)


@asynccontextmanager
async def serving(app: FastAPI, service: Service) -> AsyncIterator[None]:
    """Let the application use the service."""
    app.state.handlers = service.handlers
    app.state.reconciliation = service.books
    app.state.authenticator = service.books.authenticator()
    app.state.ready = service.ready
    app.state.operations = service.operations
    app.state.parked = parked_context(service.pool, routes(service.handlers))
    yield


def duties(service: Service, settings: Settings) -> Mapping[str, Duty]:
    """What the worker does: consume what the other services publish. It publishes nothing."""
    reconciliation = ConsumerReconciliation(service.books, routes(service.handlers))
    consumer = BatchConsumer(
        service.pool,
        bootstrap=settings.kafka_bootstrap,
        group=GROUP,
        publishers=service.books.consumes,
        routes=routes(service.handlers),
        turn_seconds=TURN_SECONDS,
        on_holes=reconciliation.on_holes,
    )
    return {
        "consumer": consumer.run,
        **reconciliation.duties,
        "measure_operations": measure_operations(service.pool),
    }
