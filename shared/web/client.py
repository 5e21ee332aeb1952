"""HTTP client for calls to other systems: with a timeout, and within the current trace."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from ssl import SSLContext

import httpx

from shared.telemetry import tracing


@asynccontextmanager
async def open_client(
    *, timeout_seconds: float, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose every call ends within the timeout for each of its phases.

    Redirects are not followed and no proxy is taken from the environment: an address is where it says.
    `transport` stands in for the network in tests.
    """
    async with httpx.AsyncClient(
        timeout=httpx.Timeout(timeout_seconds),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
        follow_redirects=False,
        trust_env=False,
        verify=_authorities(),
        transport=transport,
        event_hooks={"request": [_send_trace]},
    ) as client:
        yield client


@cache
def _authorities() -> SSLContext:
    # Reading all of them takes 36 ms, and each client would.
    return httpx.create_ssl_context(trust_env=False)


async def _send_trace(request: httpx.Request) -> None:
    request.headers.update(tracing.current_trace())
