"""How large may a body be? It is refused before anyone parses it, by its announced or its real length."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import Problem, response_of

LIMIT_BYTES = 64 * 1024


class BodyLimit:
    """ASGI middleware: 413 by content-length at once, or as soon as the stream exceeds the limit."""

    def __init__(self, app: ASGIApp, *, limits: Mapping[str, int]) -> None:
        """`limits`: path -> bytes, where the limit is not the ordinary one."""
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit_bytes = self._limits.get(scope["path"], LIMIT_BYTES)
        if _announced_bytes(scope) > limit_bytes:
            await response_of(_too_large())(scope, receive, send)
            return
        received_bytes = 0

        async def receive_within_limit() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > limit_bytes:
                raise _too_large()
            return message

        await self._app(scope, receive_within_limit, send)


def _announced_bytes(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


def _too_large() -> Problem:
    # The rest of the body is never read, so the connection cannot carry another request.
    return Problem(413, "Content Too Large", headers={"connection": "close"})
