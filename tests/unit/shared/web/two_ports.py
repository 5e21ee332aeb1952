"""What `serve` serves in a test: an API and its operations."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from fastapi import APIRouter, FastAPI, Request

from shared.web.app import create_app
from shared.web.client_certificates import CLIENT_CERTIFICATE

TAKES: str = "TAKES_PORT"
"""Names the port on which the API listens once it is open, as if it were another process."""
SLOW = "/v1/slow"
SHOWN = "/v1/shown"

slow, shown = APIRouter(), APIRouter()


@shown.get(SHOWN)
async def _certificate(request: Request) -> str:
    return str(request.scope.get(CLIENT_CERTIFICATE))


@slow.get(SLOW)
async def _never() -> None:
    print("asked", flush=True)  # noqa: T201 - the test reads it
    await asyncio.Event().wait()


@asynccontextmanager
async def _said(_app: FastAPI) -> AsyncIterator[None]:
    with ExitStack() as opened:
        if port := os.environ.get(TAKES):
            opened.enter_context(socket.create_server(("127.0.0.1", int(port))))
        yield
    print("closed", flush=True)  # noqa: T201 - the test reads it


app = create_app(title="api", lifespan=_said, routers=[shown])
operations = create_app(title="operations", lifespan=_said, routers=[slow], operational=True)
