"""Answers the few hottest routes before the framework's routing.

Routing, dependencies and exit stacks cost several times what such a route does (half of the intake's time).
The framework has the route all the same, for its contract and for whatever the fast path leaves to it.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.middleware.errors import UnhandledErrors
from shared.web.problems import Problem, response_of

FastEndpoint = Callable[[Request], Awaitable[Response | None]]
"""Answers, or returns None before it has read anything of the body: then the framework answers."""
FastRoutes = Mapping[tuple[str, str], FastEndpoint]
"""(method, path with its `{parameters}`) -> its endpoint."""

_PARAMETER = re.compile(r"\\{(\w+)\\}")  # in an escaped path


@dataclass(frozen=True)
class _Route:
    """A fast route; `RequestTelemetry` reads its `path`, as it does of the framework's routes."""

    path: str
    endpoint: FastEndpoint
    pattern: re.Pattern[str]


class FastPath:
    """ASGI middleware: the fast routes are answered here, everything else is left to the framework."""

    def __init__(self, app: ASGIApp, *, fast_routes: FastRoutes) -> None:
        self._app = app
        self._routes: dict[str, list[_Route]] = {}
        for (method, path), endpoint in fast_routes.items():
            pattern = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(path)))
            self._routes.setdefault(method, []).append(_Route(path, endpoint, pattern))
        self._guarded = UnhandledErrors(self._answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for route in self._routes.get(scope.get("method", ""), ()):
            if found := route.pattern.fullmatch(scope.get("path", "")):
                scope["route"], scope["path_params"] = route, found.groupdict()
                await self._guarded(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await scope["route"].endpoint(Request(scope, receive))
        except Problem as problem:
            response = response_of(problem)
        await (response or self._app)(scope, receive, send)
