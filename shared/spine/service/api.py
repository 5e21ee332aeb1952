"""Serves a service over HTTP: its own routes, and on a port of their own the operations of the spine.

Whoever reaches the API reaches no operation: what is not served there cannot be had by a key that leaked, nor
seen by who scans. `shared/web/serve.py` listens on both ports in one process.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, FastAPI

from shared.runtime.garbage import infrequent_garbage_collection
from shared.security.audit.access import AUDITOR
from shared.security.authentication import AUTHENTICATOR
from shared.spine.access.peers import service_authenticator
from shared.spine.audit import api as audit
from shared.spine.audit.api import AUDIT, AuditContext
from shared.spine.export import api as export
from shared.spine.export.api import EXPORT, ExportContext
from shared.spine.export.own import own_sections
from shared.spine.operations import api as operations
from shared.spine.operations.context import OPERATIONS, OperationsContext
from shared.spine.parked import api as parked
from shared.spine.parked.context import PARKED, parked_context
from shared.spine.reconciliation.api import inbox, ledger, report
from shared.spine.reconciliation.context import RECONCILIATION
from shared.spine.service.definition import AnyService, D, S
from shared.spine.service.open_to_serve import open_to_serve
from shared.spine.service.opening import OpenService
from shared.telemetry import logging, tracing
from shared.web.app import Lifespan, create_app
from shared.web.probes import READY
from shared.web.state import StateEntry

DEPENDENCIES: Final = StateEntry[Any]("dependencies")
"""A service's own entry of this name types it: `DEPENDENCIES = StateEntry[Dependencies]("dependencies")`."""


def create_api(service: AnyService, *, lifespan: Lifespan | None = None) -> FastAPI:
    """The HTTP application for callers, connected to nothing before its lifespan.

    The usual lifespan opens the service from the environment; another one must call `connect`.
    """
    return create_app(
        title=f"Relais {service.name}",
        description=service.description,
        lifespan=lifespan or partial(_from_environment, service),
        routers=[*service.serves, audit.router, export.router],
        webhooks=service.calls,
        fast_routes=service.fast_routes,
        body_limits=service.body_limits_bytes,
    )


def create_operations(service: AnyService, api: FastAPI) -> FastAPI:
    """The HTTP application for operators, Prometheus and our own services, open for as long as `api` is."""
    app = create_app(
        title=f"Relais {service.name}-operations",
        description=f"What operators, and services of the platform, ask {service.name}.",
        lifespan=_opened_by_the_api,
        routers=_operations_routers(service),
        operational=True,
    )
    app.state = api.state
    return app


def _operations_routers(service: AnyService) -> Sequence[APIRouter]:
    consuming = [parked.router, inbox.router] if service.consumes else []
    publishing = [ledger.router] if service.publishes else []
    return [*consuming, audit.verification_router, operations.router, *publishing, report.router]


@asynccontextmanager
async def _opened_by_the_api(_app: FastAPI) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _from_environment(service: AnyService, app: FastAPI) -> AsyncIterator[None]:
    logging.configure(service.name)
    tracing.configure(service.name)
    async with open_to_serve(service, service.settings.of()) as opened:
        connect(app, opened)
        beside = service.while_serving(opened.dependencies) if service.while_serving else nullcontext()
        async with beside:
            with infrequent_garbage_collection():
                yield
    tracing.shutdown()


def connect(app: FastAPI, opened: OpenService[S, D]) -> None:
    """Let the application use an open service."""
    service, spine = opened.definition, opened.spine
    DEPENDENCIES.set(app, opened.dependencies)
    AUTHENTICATOR.set(app, service_authenticator(spine.pool, opened.settings.peer_key_sha256, spine.clock))
    AUDITOR.set(app, spine.journal)
    AUDIT.set(app, AuditContext(pool=spine.pool, key=spine.journal.chains.key))
    EXPORT.set(
        app,
        ExportContext(
            service=service.name,
            export=service.export,
            sections=(
                *service.export.sections,
                *own_sections(publishes=service.publishes, consumes=service.consumes is not None),
            ),
            dependencies=opened.dependencies,
        ),
    )
    READY.set(app, opened.is_ready)
    RECONCILIATION.set(app, spine.reconciliation)
    OPERATIONS.set(
        app,
        OperationsContext(
            pool=spine.pool,
            parts=service.parts,
            bootstrap=opened.settings.broker,
            consumer_group=service.group,
            publishers=service.publishers,
            clock=spine.clock,
        ),
    )
    if service.consumes:
        routes = service.consumes.routes
        PARKED.set(app, parked_context(spine.pool, routes, spine.clock, dependencies=opened.dependencies))
