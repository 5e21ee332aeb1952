"""Has done what must be done before an answer leaves, as whoever let the request in left it in its scope.

What is raised there takes the answer's place: nothing of it was sent.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.middleware.errors import UnhandledErrors

BeforeAnswer = Callable[[int], Awaitable[None]]
"""Called with the status of the answer."""

BEFORE_ANSWER: Final = "relais.before_answer"


class BeforeAnswers:
    """ASGI middleware: calls what is in the scope, once, before the first byte."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._guarded = UnhandledErrors(self._answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._guarded(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_after(message: Message) -> None:
            if message["type"] == "http.response.start":
                first: BeforeAnswer | None = scope.pop(BEFORE_ANSWER, None)
                if first is not None:
                    await first(message["status"])
            await send(message)

        await self._app(scope, receive, send_after)
