"""Which routes are too hot for the framework's way? Those named here are answered before its routing.

Routing, dependencies and exit stacks cost several times what such a route does itself (measured on the
intake: half of the process's time). The route is declared to the framework all the same, for its contract,
and for whatever the short cut leaves to it.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.errors import LastResort
from shared.web.problems import Problem, response_of

Endpoint = Callable[[Request], Awaitable[Response | None]]
"""None, before anything was read of the body: the framework shall answer, with the errors that it knows."""
ShortCuts = Mapping[tuple[str, str], Endpoint]
"""(method, path with its `{parameters}`) -> what answers."""

_PARAMETER = re.compile(r"\\{(\w+)\\}")  # in an escaped path


@dataclass(frozen=True)
class _Route:
    """What `Observed` reads of a route, and what answers there."""

    path: str
    endpoint: Endpoint
    pattern: re.Pattern[str]


class ShortCut:
    """ASGI middleware in front of the framework, for everything else."""

    def __init__(self, app: ASGIApp, *, short_cuts: ShortCuts) -> None:
        self._app = app
        self._routes: dict[str, list[_Route]] = {}
        for (method, path), endpoint in short_cuts.items():
            pattern = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", re.escape(path)))
            self._routes.setdefault(method, []).append(_Route(path, endpoint, pattern))
        self._guarded = LastResort(self._answer)

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
