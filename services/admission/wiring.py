"""How is admission put together? The one composition root, for the API, the worker and the tests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from services.admission.api import access, batches, movements, persons, receipts, sources
from services.admission.handlers.commit_submissions import commit_submissions
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import GroupCommit
from services.admission.handlers.manage_access import register_operator
from services.admission.handlers.show_receipt import PEER_TIMEOUT_SECONDS
from services.admission.settings import Settings
from shared.database.pool import Pool, open_pool
from shared.events.registry import ADMISSION
from shared.runtime.clock import Clock, system_clock
from shared.security.vault import Vault
from shared.spine.operations import api as operations
from shared.spine.operations.context import OperationsContext, operations_context
from shared.spine.operations.measure import measure_operations
from shared.spine.outbox.relay import Relay
from shared.spine.pause.gate import Gate
from shared.spine.reconciliation.api import ledger as ledger_api
from shared.spine.reconciliation.api import report as report_api
from shared.spine.reconciliation.context import ReconciliationContext, open_reconciliation
from shared.spine.reconciliation.duties import publisher_duties
from shared.spine.worker import Duty
from shared.telemetry import metrics
from shared.web.app import Lifespan, create_app
from shared.web.client import open_client


@dataclass(frozen=True)
class Service:
    """Everything that admission can do."""

    pool: Pool
    books: ReconciliationContext
    dependencies: Dependencies
    operations: OperationsContext

    async def ready(self) -> bool:
        """Whether the database answers."""
        return bool(await self.pool.fetchval("SELECT true"))


@asynccontextmanager
async def open_service(settings: Settings, *, clock: Clock = system_clock) -> AsyncIterator[Service]:
    """Open what admission needs; nothing is connected outside of this block."""
    async with (
        open_pool(settings.database_url, application_name="admission") as pool,
        open_client(timeout_seconds=PEER_TIMEOUT_SECONDS) as client,
        open_reconciliation(ADMISSION, pool, clock, key_sha256=settings.peer_key_sha256) as books,
    ):
        yield Service(
            pool=pool,
            books=books,
            dependencies=Dependencies(
                pool=pool,
                vault=Vault(settings.master_key),
                clock=clock,
                http=client,
                peers=settings.peers,
                intake=Gate(pool, "intake"),
                group_commit=GroupCommit(commit_submissions),
                batch_commit=GroupCommit(commit_submissions, batch_limit=batches.LINES_PER_COMMIT),
            ),
            operations=operations_context(
                pool, ["intake", "relay"], bootstrap=settings.kafka_bootstrap, clock=clock
            ),
        )


def create_api(lifespan: Lifespan) -> FastAPI:
    """The HTTP application, not connected to anything before its lifespan."""
    return create_app(
        title="Relais admission",
        lifespan=lifespan,
        routers=[
            movements.router,
            batches.router,
            receipts.router,
            persons.router,
            sources.router,
            access.router,
            ledger_api.router,
            report_api.router,
            operations.router,
        ],
        fast_routes=movements.FAST_ROUTES,
        body_limits={batches.PATH: batches.LIMIT_BYTES},
    )


@asynccontextmanager
async def serving(app: FastAPI, service: Service) -> AsyncIterator[None]:
    """Let the application use the service; what is queued at the end is committed before it ends."""
    app.state.dependencies = service.dependencies
    app.state.reconciliation = service.books
    app.state.authenticator = service.books.authenticator()
    app.state.ready = service.ready
    app.state.operations = service.operations
    single, many = service.dependencies.group_commit, service.dependencies.batch_commit
    metrics.intake_queue_depth.set_function(lambda: single.depth + many.depth)
    async with single.running(service.dependencies), many.running(service.dependencies):
        yield


def duties(service: Service, settings: Settings) -> Mapping[str, Duty]:
    """What the worker does: relay the outbox, and let the operator's first key in."""

    async def register_first_operator(stop: asyncio.Event) -> None:
        if settings.bootstrap_key_sha256 is not None:
            await register_operator(service.dependencies, settings.bootstrap_key_sha256)
        await stop.wait()

    return {
        "relay": Relay(service.pool, settings.kafka_bootstrap, ADMISSION).run,
        "register_operator": register_first_operator,
        **publisher_duties(service.books),
        "measure_operations": measure_operations(service.pool),
    }
