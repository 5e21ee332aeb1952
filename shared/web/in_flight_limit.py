"""How many requests may wait for their answers? Those beyond are refused before anything is spent on them.

Whoever is let in waits behind everybody who is inside, so this limit, and nothing else, is what keeps answers
prompt when more is asked than can be done. It stands outermost because that is where requests wait: a refusal
costs neither a span nor a look at the key or the body, only what the server spent to read the head.
"""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry import metrics
from shared.web.problems import response_of
from shared.web.unavailable import come_back_later

MOST_IN_FLIGHT: Final = 512
"""Two full group commits of the intake: one under way and one that gathers."""

KEPT_OPEN: Final = (
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
"""What operators and our own services ask: few, and most needed when too much is asked."""


class InFlightLimit:
    """ASGI middleware: 503 with `Retry-After` when `most` requests are inside."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._most = most
        self._inside = 0
        self._refusal = _messages_of_refusal()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(KEPT_OPEN):
            await self._app(scope, receive, send)
            return
        if self._inside >= self._most:
            metrics.http_overload_refusals_total.inc()
            for message in self._refusal:
                await send(message)
            return
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1


def _messages_of_refusal() -> tuple[Message, Message]:
    response = response_of(come_back_later())
    return (
        {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers},
        {"type": "http.response.body", "body": response.body},
    )
