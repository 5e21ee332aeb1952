"""An endpoint of a source on this machine, which answers as it is told and keeps what it got."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from relais_client.callbacks import Callback, verify
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.served import served


@dataclass
class Endpoint:
    """What came, and what is answered."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    """The statuses that are answered one after the other; 204 once there are no more."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[object]] | None = None
    """What happens before the next one is answered."""

    async def take(self, request: Request) -> Response:
        """Keep a callback, and answer it."""
        body = await request.body()
        self.raw.append(body)
        self.bodies.append(msgspec.json.decode(body))
        self.headers.append(dict(request.headers))
        if self.meanwhile is not None:
            await self.meanwhile()
        return Response(status_code=self.answers.pop(0) if self.answers else 204)

    def verified(self, secret: str) -> list[Callback]:
        """What came, as the client reads it; raises when it is not signed by the secret."""
        return [verify(body, headers, [secret]) for body, headers in zip(self.raw, self.headers, strict=True)]

    @property
    def types(self) -> list[str]:
        """What each was about, in the order in which they came."""
        return [body["type"] for body in self.bodies]

    @property
    def ids(self) -> list[str]:
        """The `webhook-id` of each."""
        return [headers["webhook-id"] for headers in self.headers]


@asynccontextmanager
async def listening() -> AsyncIterator[Endpoint]:
    """An endpoint that serves as long as the block lasts."""
    endpoint = Endpoint()
    app = Starlette(routes=[Route("/callbacks", endpoint.take, methods=["POST"])])
    async with served(app) as url:
        endpoint.url = f"{url}/callbacks"
        yield endpoint
