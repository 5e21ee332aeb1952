"""What do the HTTP applications of all services have in common? Limits, errors, health and observation."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp

from shared.telemetry import logging, metrics
from shared.web.body_limit import BodyLimit
from shared.web.errors import LastResort, answer_with_problems
from shared.web.in_flight_limit import MOST_IN_FLIGHT, InFlightLimit
from shared.web.observed import Observed
from shared.web.short_cut import ShortCut, ShortCuts
from shared.web.unavailable import come_back_later

_log = logging.get_logger()

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]
Ready = Callable[[], Awaitable[bool]]


class _Application(FastAPI):
    """Our layers stand around all of the framework's, so that a short cut passes none of those."""

    def __init__(
        self, short_cuts: ShortCuts, body_limits: Mapping[str, int], most_in_flight: int, **described: Any
    ) -> None:
        super().__init__(**described)
        self._short_cuts = short_cuts
        self._body_limits = body_limits
        self._most_in_flight = most_in_flight

    def build_middleware_stack(self) -> ASGIApp:
        """Called by the framework, once."""
        framework = super().build_middleware_stack()
        inner = ShortCut(framework, short_cuts=self._short_cuts)
        observed = Observed(BodyLimit(inner, limits=self._body_limits))
        return InFlightLimit(observed, most=self._most_in_flight)


def create_app(
    *,
    title: str,
    lifespan: Lifespan,
    routers: Sequence[APIRouter],
    short_cuts: ShortCuts | None = None,
    body_limits: Mapping[str, int] | None = None,
    most_in_flight: int = MOST_IN_FLIGHT,
) -> FastAPI:
    """The application of a service; its contract is generated beforehand, so it serves no documents.

    `/ready` asks `app.state.ready`, when the lifespan has set it. `short_cuts` are routes of `routers` that
    are too hot for the framework's way; `body_limits` are paths that take larger bodies (bytes).
    """
    app = _Application(
        short_cuts or {},
        body_limits or {},
        most_in_flight,
        title=title,
        version="1",
        lifespan=_telling(lifespan),
        openapi_url=None,
        # `Observed` records; the framework would ask the environment at every request whether it should.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=[Middleware(LastResort)],
    )
    answer_with_problems(app)
    for router in (_operations, *routers):
        app.include_router(router)
    return app


def _telling(lifespan: Lifespan) -> Lifespan:
    # The server would log the error's text, which the allow-list drops with everything else of it.
    @asynccontextmanager
    async def told(app: FastAPI) -> AsyncIterator[Any]:
        try:
            async with lifespan(app) as state:
                yield state
        except SystemExit as told_why:
            sys.stderr.write(f"{told_why}\n")  # a sentence for whoever starts the process
            raise
        except Exception as error:
            _log.critical("service_failed", exc_info=error)
            raise

    return told


_operations = APIRouter(include_in_schema=False)


@_operations.get("/health")
async def health() -> Response:
    """The process is alive."""
    return Response(b'{"status":"ok"}', media_type="application/json")


@_operations.get("/ready")
async def ready(request: Request) -> Response:
    """The process can serve."""
    ask: Ready | None = getattr(request.app.state, "ready", None)
    if ask is not None and not await ask():
        raise come_back_later()
    return Response(b'{"status":"ok"}', media_type="application/json")


@_operations.get("/metrics")
async def expose_metrics() -> Response:
    """What Prometheus scrapes."""
    return Response(metrics.expose(), media_type=metrics.CONTENT_TYPE)
