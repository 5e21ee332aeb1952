"""HTTP client for calls to other systems: with a timeout, and within the current trace.

The certificate and the name of whoever is called by https are always checked.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from ssl import SSLContext, create_default_context

import httpx

from shared.telemetry import tracing


@asynccontextmanager
async def open_client(
    *, timeout_seconds: float, ca_file: str = "", transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose every call ends within the timeout for each of its phases.

    Of `ca_file` are the only authorities that it believes; without, those that the machine believes.

    Redirects are not followed and no proxy is taken from the environment: an address is where it says.
    `transport` stands in for the network in tests.
    """
    async with httpx.AsyncClient(
        timeout=httpx.Timeout(timeout_seconds),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
        follow_redirects=False,
        trust_env=False,
        verify=authorities_of(ca_file),
        transport=transport,
        event_hooks={"request": [_send_trace]},
    ) as client:
        yield client


@cache
def authorities_of(ca_file: str) -> SSLContext:
    """Whose certificates are believed; ends the process when there is no such file."""
    # Reading all of them takes 36 ms, and each client would.
    if not ca_file:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return create_default_context(cafile=ca_file)
    except OSError:  # which SSLError is, too
        raise SystemExit(f"{ca_file} holds no certificate of an authority that can be read") from None


async def _send_trace(request: httpx.Request) -> None:
    request.headers.update(tracing.current_trace())
