"""Refuses requests beyond as many as may wait for their answers, before anything is spent on them.

A request that is let in waits behind all that are inside, so this limit, and nothing else, is what keeps
answers prompt when more is asked than can be done. It stands outermost because that is where requests wait: a
refusal costs neither a span nor a look at the key or the body, only what the server spent to read the head.
"""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry import metrics
from shared.web.problems import response_of, service_unavailable

# Two full group commits of the intake: one that is committing and one that is filling.
MAX_IN_FLIGHT: Final = 512

NEVER_REFUSED: Final = (
    "/health",
    "/ready",
    "/metrics",
    "/v1/operations",
    "/v1/pauses",
    "/v1/parked",
    "/v1/ledger",
    "/v1/inbox",
    "/v1/reconciliation",
)
"""What operators and our own services ask: few requests, and most needed under overload."""


class InFlightLimit:
    """ASGI middleware: 503 with `Retry-After` when `limit` requests are in flight."""

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit
        self._in_flight = 0
        self._refusal = _refusal_messages()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(NEVER_REFUSED):
            await self._app(scope, receive, send)
            return
        if self._in_flight >= self._limit:
            metrics.http_overload_refusals_total.inc()
            for message in self._refusal:
                await send(message)
            return
        self._in_flight += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._in_flight -= 1


def _refusal_messages() -> tuple[Message, Message]:
    response = response_of(service_unavailable())
    start = {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
    return start, {"type": "http.response.body", "body": response.body}
