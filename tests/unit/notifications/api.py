"""The routes of notifications over use cases that a test replaces."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI

from services.notifications.domain.circle.addresses import SMS_COUNTRIES
from services.notifications.wiring import SERVICE
from shared.events.admission import Scope
from shared.security.principal import Principal
from shared.security.vault import Vault
from shared.web.app import create_app

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
VAULT = Vault(bytes(32))


class _OneKeyPerScope:
    """`Bearer circle` is a caller of 750000002 with the scope circle, and so on."""

    async def authenticate(self, authorization_header: str | None) -> Principal | None:
        name = (authorization_header or "").removeprefix("Bearer ")
        known: dict[str, Scope] = {"intake": "intake", "read": "read", "circle": "circle"}
        if name not in known:
            return None
        return Principal(source_id=UUID(int=1), establishment="750000002", scopes=frozenset({known[name]}))


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def calling(routers: Sequence[APIRouter] = SERVICE.serves) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API; give `Authorization: Bearer <scope>`."""
    app = create_app(title="notifications", lifespan=_lifespan, routers=routers)
    app.state.authenticator = _OneKeyPerScope()
    app.state.dependencies = SimpleNamespace(
        clock=lambda: NOW,
        vault=VAULT,
        contact_phone="05 36 49 00 00",
        sms_countries=SMS_COUNTRIES,
        pool=None,
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://relais.test") as client:
        yield client


class Calls:
    """A use case that keeps what it was given and gives what the test wants."""

    def __init__(self, result: Any) -> None:
        self._result = result
        self.given: list[dict[str, Any]] = []

    async def __call__(self, _means: Any, **given: Any) -> Any:
        self.given.append(given)
        return self._result
