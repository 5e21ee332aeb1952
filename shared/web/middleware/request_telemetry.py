"""Records each request as a server span and two metrics, by route template, never by path.

No answer may be stored on its way unless its route says so. It names its trace (`traceresponse`, W3C Trace
Context Level 2 draft), so that a caller can cite it.
"""

from collections.abc import Iterable
from functools import lru_cache
from time import perf_counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.events.envelope import TraceContext
from shared.telemetry import metrics, tracing
from shared.web.middleware.places import METRICS, PROBES, place_of

KEY_EXPIRES_AT: Final = "relais.key_expires_at"
"""Where a scope says that the caller's key ends soon; every answer tells the caller then."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_MISTAKES: Final = frozenset({400, 413, 422})
_SERVER_ERROR: Final = 500
# Looking a series up by its labels costs more than counting in it.
_requests: Final = lru_cache(maxsize=1024)(metrics.http_requests_total.labels)
_seconds: Final = lru_cache(maxsize=1024)(metrics.http_request_seconds.labels)


class RequestTelemetry:
    """ASGI middleware: a server span, a count and a duration for every request but the machinery's."""

    def __init__(self, app: ASGIApp, *, operational: bool = False) -> None:
        self._app = app
        self._not_recorded = frozenset({*PROBES, METRICS} if operational else PROBES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._not_recorded:
            await self._app(scope, receive, send)
            return
        status = _SERVER_ERROR  # until something else was sent

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status in _MISTAKES and (place := place_of(scope)) is not None:
                    place.count_refused()
                message["headers"] = _completed(message.get("headers", ()), scope)
            await send(message)

        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        began = perf_counter()
        attributes = {"http.request.method": method}
        with tracing.span(method, kind="server", trace=_received_trace(scope), attributes=attributes) as span:
            try:
                await self._app(scope, receive, send_noting_status)
            finally:
                route = _template(scope)
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                if status >= _SERVER_ERROR:
                    tracing.record_error(span, str(status))
                _requests(method, route, status).inc()
                _seconds(method, route).observe(perf_counter() - began)


def _template(scope: Scope) -> str:
    # The router leaves the route it chose in the scope; a path that matched none may be anything.
    return str(getattr(scope.get("route"), "path", "unmatched"))


def _received_trace(scope: Scope) -> TraceContext:
    # Without `tracestate`: that is free text of the caller's, which would travel with the event everywhere.
    return {
        name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"
    }


def _completed(headers: Iterable[tuple[bytes, bytes]], scope: Scope) -> list[tuple[bytes, bytes]]:
    # Whatever does not say that it may be stored may hold something of a person.
    completed = [*headers, *_trace_response()]
    if b"cache-control" not in dict(completed):
        completed.append((b"cache-control", b"no-store"))
    if KEY_EXPIRES_AT in scope:
        completed.append((b"key-expires-at", scope[KEY_EXPIRES_AT]))
    return completed


def _trace_response() -> list[tuple[bytes, bytes]]:
    traceparent = tracing.current_trace().get("traceparent")
    return [(b"traceresponse", traceparent.encode())] if traceparent else []
