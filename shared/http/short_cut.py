"""Which routes are too hot for the framework's way? Those named here are answered before its routing.

Routing, dependencies and exit stacks cost several times what such a route does itself (measured on the
intake: half of the process's time). The route is declared to the framework all the same, for its contract.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.errors import LastResort
from shared.http.problems import Problem, response_of

Endpoint = Callable[[Request], Awaitable[Response]]
ShortCuts = Mapping[tuple[str, str], Endpoint]
"""(method, path without parameters) -> what answers."""


@dataclass(frozen=True)
class _Route:
    """What `Observed` reads of a route."""

    path: str


class ShortCut:
    """ASGI middleware in front of the framework, for everything else."""

    def __init__(self, app: ASGIApp, *, short_cuts: ShortCuts) -> None:
        self._app = app
        self._routes = {each: _Route(each[1]) for each in short_cuts}
        self._short_cuts = dict(short_cuts)
        self._guarded = LastResort(self._answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = (scope.get("method", ""), scope.get("path", ""))
        if wanted not in self._short_cuts:
            await self._app(scope, receive, send)
            return
        await self._guarded(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = (scope["method"], scope["path"])
        scope["route"] = self._routes[wanted]
        try:
            response = await self._short_cuts[wanted](Request(scope, receive))
        except Problem as problem:
            response = response_of(problem)
        await response(scope, receive, send)
