"""What is pathway made of? The one composition root, for the API, the worker and the tests."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import FastAPI

from services.pathway.api import outcomes, pathways
from services.pathway.consumers import routes
from services.pathway.periodic.detect_overdue_expectations import detect_overdue
from services.pathway.periodic.measure_ruptures import measure_ruptures
from services.pathway.settings import Settings
from shared.clock import Clock, system_clock
from shared.db.pool import Pool, open_pool
from shared.events.registry import ADMISSION, PATHWAY
from shared.http.app import create_app
from shared.kafka.consumer import BatchConsumer
from shared.outbox.relay import Relay
from shared.outbox.wake import wake
from shared.security.api_keys import ApiKeyAuthenticator
from shared.telemetry import logging, tracing
from shared.worker import Duty, periodic

GROUP: Final = "relais-pathway"
DETECT_EVERY_SECONDS: Final = 1.0
MEASURE_EVERY_SECONDS: Final = 5.0


def api(read: Callable[[], Settings], *, clock: Clock = system_clock) -> FastAPI:
    """The HTTP application; settings are read and connections opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        logging.configure("pathway-api")
        tracing.configure("pathway-api")
        try:
            async with open_pool(read().database_url, application_name="pathway-api", min_size=0) as pool:
                app.state.pool = pool
                app.state.clock = clock
                app.state.authenticator = ApiKeyAuthenticator(pool)
                app.state.ready = partial(_answers, pool)
                yield
        finally:
            tracing.shutdown()

    return create_app(title="Relais: pathway", lifespan=lifespan, routers=[pathways.router, outcomes.router])


async def _answers(pool: Pool) -> bool:
    return bool(await pool.fetchval("SELECT true"))


@asynccontextmanager
async def worker_duties(settings: Settings, *, clock: Clock = system_clock) -> AsyncIterator[dict[str, Duty]]:
    """Everything that runs in the worker, over one pool."""
    async with open_pool(settings.database_url, application_name="pathway-worker", min_size=0) as pool:
        consumer = BatchConsumer(
            pool,
            bootstrap=settings.kafka_bootstrap,
            group=GROUP,
            publishers=[ADMISSION],
            routes=routes(clock=clock, rules=settings.rules),
            after_commit=partial(wake, pool),
            clock=clock,
        )
        yield {
            "consume": consumer.run,
            "relay": Relay(pool, settings.kafka_bootstrap, PATHWAY, clock=clock).run,
            "detect_overdue_expectations": periodic(
                "detect_overdue_expectations",
                partial(detect_overdue, pool, clock=clock),
                every_seconds=DETECT_EVERY_SECONDS,
            ),
            "measure_ruptures": periodic(
                "measure_ruptures",
                partial(measure_ruptures, pool, clock=clock),
                every_seconds=MEASURE_EVERY_SECONDS,
            ),
        }
