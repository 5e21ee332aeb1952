"""The HTTP applications of every service: limits, errors, probes and telemetry around their routes."""

import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from shared.telemetry import logging
from shared.web import probes
from shared.web.middleware.before_answer import BeforeAnswers
from shared.web.middleware.body_limit import BodyLimit
from shared.web.middleware.errors import UnhandledErrors, answer_with_problems
from shared.web.middleware.fast_path import FastPath, FastRoutes
from shared.web.middleware.nul import NulRefusal
from shared.web.middleware.places import MAX_IN_FLIGHT, Places
from shared.web.middleware.request_telemetry import RequestTelemetry
from shared.web.openapi import routes as documents

_log = logging.get_logger()

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]


class _Application(FastAPI):
    """FastAPI with our middleware outside of all of its own, so that a fast route passes none of those."""

    def __init__(
        self,
        fast_routes: FastRoutes,
        body_limits: Mapping[str, int],
        max_in_flight: int,
        *,
        operational: bool,
        **described: Any,
    ) -> None:
        super().__init__(**described)
        self._operational = operational
        self._fast_routes = fast_routes
        self._body_limits = body_limits
        self._max_in_flight = max_in_flight

    def build_middleware_stack(self) -> ASGIApp:
        """Called by the framework, once."""
        fast_path = FastPath(super().build_middleware_stack(), fast_routes=self._fast_routes)
        limited = BodyLimit(NulRefusal(BeforeAnswers(fast_path)), limits=self._body_limits)
        recorded = RequestTelemetry(limited, operational=self._operational)
        return Places(recorded, limit=self._max_in_flight, operational=self._operational)


def create_app(
    *,
    title: str,
    lifespan: Lifespan,
    routers: Sequence[APIRouter],
    webhooks: Sequence[APIRouter] = (),
    description: str = "",
    fast_routes: FastRoutes | None = None,
    body_limits: Mapping[str, int] | None = None,
    max_in_flight: int = MAX_IN_FLIGHT,
    operational: bool = False,
) -> FastAPI:
    """An application of a service, with its probes and its documents; `description` opens the document.

    `webhooks` are only in the document: what the service calls at endpoints of its callers.

    `operational`: it is served on the port of operations, and answers `/metrics` there.

    `/ready` asks `probes.READY`, when the lifespan has set it. `fast_routes` are routes of `routers` that
    are too hot for the framework's routing; `body_limits` are paths that take larger bodies (bytes).
    """
    app = _Application(
        fast_routes or {},
        body_limits or {},
        max_in_flight,
        operational=operational,
        title=title,
        description=description,
        version="1",
        generate_unique_id_function=_operation_id,
        lifespan=_log_failures_of(lifespan),
        redirect_slashes=False,  # the framework would redirect to whatever `Host` says
        openapi_url=None,  # `documents` serves ours
        # `RequestTelemetry` records; the framework would look into the environment at every request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=[Middleware(UnhandledErrors)],
    )
    answer_with_problems(app)
    own = [probes.router, probes.metrics_router] if operational else [probes.router]
    for router in (*own, *routers, documents.router):
        app.router.routes += _with_operation_ids(router.routes)
    for router in webhooks:
        app.webhooks.routes += _with_operation_ids(router.routes)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def _with_operation_ids(routes: Sequence[BaseRoute]) -> Sequence[BaseRoute]:
    """The routes themselves.

    `include_router` would analyse each again for every application, and match each twice for every request.
    """
    for route in routes:
        if isinstance(route, APIRoute):
            route.unique_id = _operation_id(route)
    return routes


def _log_failures_of(lifespan: Lifespan) -> Lifespan:
    # The server would log the error's text, which the allow-list drops with everything else of it.
    @asynccontextmanager
    async def logged(app: FastAPI) -> AsyncIterator[Any]:
        try:
            async with lifespan(app) as state:
                yield state
        except SystemExit as refusal:
            sys.stderr.write(f"{refusal}\n")  # a sentence for the person who starts the process
            raise
        except Exception as error:
            _log.critical("service_failed", exc_info=error)
            raise

    return logged
