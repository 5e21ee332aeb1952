"""What the machinery around a service asks: `/health`, `/ready` and, with its operations, `/metrics`."""

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.runtime.version import VERSION
from shared.telemetry import metrics
from shared.web.problems import service_unavailable
from shared.web.state import StateEntry

Ready = Callable[[], Awaitable[bool]]

_ALIVE: Final = msgspec.json.encode({"status": "ok", "version": VERSION})

READY: Final = StateEntry[Ready]("ready")
"""Whether the service can serve; without it, it always can."""

router = APIRouter(include_in_schema=False)
metrics_router = APIRouter(include_in_schema=False)


@router.get("/health")
async def health() -> Response:
    """The process is alive, and of this version."""
    return Response(_ALIVE, media_type="application/json")


@router.get("/ready")
async def ready(request: Request) -> Response:
    """The process can serve, as far as `READY` knows; 503 when it cannot."""
    is_ready = READY.find(request)
    if is_ready is not None and not await is_ready():
        raise service_unavailable()
    return Response(b'{"status":"ok"}', media_type="application/json")


@metrics_router.get("/metrics")
async def expose_metrics() -> Response:
    """What Prometheus scrapes."""
    return Response(metrics.expose(), media_type=metrics.CONTENT_TYPE)
