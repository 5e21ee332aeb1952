"""Refuses a NUL in the path or in the query of a request, which PostgreSQL's text cannot hold."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.problems import FieldError, Problem, response_of

_NUL_IN_URL: Final = (b"%00", b"\0")


class NulRefusal:
    """ASGI middleware: 404 for a NUL in the path, since nothing has such a name; 422 for one in the query."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if "\0" in scope["path"]:
                await response_of(Problem(404))(scope, receive, send)
                return
            query = scope["query_string"]
            if query and any(nul in query for nul in _NUL_IN_URL):
                error = FieldError("/query", "expected text without NUL characters")
                problem = Problem(422, "The request is not valid", errors=[error])
                await response_of(problem)(scope, receive, send)
                return
        await self._app(scope, receive, send)
