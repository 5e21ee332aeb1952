"""Notifications over HTTP with a hospital that declared a daughter, and anybody who knocks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.notifications.wiring import SERVICE
from shared.database.pool import open_pool
from shared.security.principal import Principal
from shared.testing.person_history import HOSPITAL, PersonHistory
from shared.web.app import create_app
from tests.integration.notifications.delivery.simulated_providers import without_lifespan
from tests.integration.notifications.engine import MORNING, Engine

CARER: dict[str, Any] = {
    "alias": "Maman",
    "channels": [{"medium": "sms", "address": "06 39 98 00 01"}],
    "consent": {"given_at": "2026-01-01T10:00:00+01:00", "proof": {"kind": "written", "reference": "C-1"}},
}


class _ByEstablishment:
    """`Bearer 750000002` is a caller of that establishment; `Bearer operator` one of the whole platform."""

    async def authenticate(self, authorization_header: str | None) -> Principal:
        name = (authorization_header or "").removeprefix("Bearer ")
        return Principal(
            source_id=UUID(int=1),
            establishment=None if name == "operator" else name,
            scopes=frozenset({"circle", "read", "intake", "operator"}),
        )


@dataclass
class Scene:
    """Rose, admitted by the hospital an hour ago, and her daughter in her circle."""

    engine: Engine
    app: FastAPI
    client: httpx.AsyncClient
    rose: PersonHistory

    async def ask(
        self, method: str, path: str, by: str, body: object = None, *, of: UUID | None = None
    ) -> httpx.Response:
        """A request about Rose, or somebody else."""
        url = f"/v1/persons/{of or self.rose.person_id}/{path}"
        return await self.client.request(method, url, json=body, headers={"Authorization": f"Bearer {by}"})

    def ask_owners(self) -> None:
        """From now on, as where people are real: an address is proven before it gets news."""
        self.engine.invites = True
        self.app.state.dependencies = self.engine.dependencies

    async def daughters_alias(self) -> str:
        """As the hospital sees her."""
        answer = await self.ask("GET", "circle/carers/daughter", HOSPITAL)
        return str(answer.json()["alias"])


@pytest.fixture
async def scene(create_database: Callable[..., str]) -> AsyncIterator[Scene]:
    database_url = await asyncio.to_thread(create_database, "notifications")
    async with open_pool(database_url, application_name="test", max_size=4) as pool:
        engine, rose = Engine(pool), PersonHistory("Rose")
        app = create_app(title="notifications", lifespan=without_lifespan, routers=SERVICE.serves)
        app.state.dependencies, app.state.authenticator = engine.dependencies, _ByEstablishment()
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://relais.test") as client:
            await engine.state(rose.admit("stay", at=MORNING - timedelta(hours=1), establishment=HOSPITAL))
            made = Scene(engine, app, client, rose)
            answer = await made.ask("PUT", "circle/carers/daughter", HOSPITAL, CARER)
            assert answer.status_code == httpx.codes.CREATED
            yield made
