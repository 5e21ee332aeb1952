"""An admission that tells sources of their movements, at an endpoint on this machine."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from services.admission.handlers.callbacks.deliver import deliver_to
from services.admission.handlers.callbacks.follow import follow_movements
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.manage_access import NewSource
from services.admission.settings import Settings
from services.admission.storage.callbacks.deliveries import sources_due
from tests.integration.admission.callbacks.endpoint import Endpoint, listening
from tests.integration.admission.conftest import Open
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import movement

PEERS = {"pathway": "http://pathway", "notifications": "http://notifications"}


@dataclass
class Told:
    """An admission, a source with a callback, and what its services say of every event."""

    admission: Admission
    endpoint: Endpoint
    source: NewSource
    operator: NewSource
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    later: timedelta = timedelta()
    """How far the clock of the duties is ahead."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Service and key of each question."""

    @property
    def dependencies(self) -> Dependencies:
        """Of the worker: peers answer by `outcomes`, and its clock is ahead."""
        own = self.admission.service.dependencies
        return replace(
            own,
            http=httpx.AsyncClient(transport=httpx.MockTransport(self._answer)),
            peers=PEERS,
            peer_key="peer",
            clock=lambda: own.clock() + self.later,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        service = request.url.host
        self.asked.append((service, request.headers["authorization"]))
        if service not in self.outcomes:
            return httpx.Response(503)
        events = msgspec.json.decode(request.content)["event_ids"]
        return httpx.Response(200, json={"outcomes": dict.fromkeys(events, self.outcomes[service])})

    async def call(self, method: str, path: str = "", body: object = None) -> httpx.Response:
        """Ask of the callback of the source, as its operator."""
        url = f"/v1/sources/{self.source.source.source_id}/callback{path}"
        return await self.admission.client.request(
            method, url, json=body, headers=bearer(self.operator.secret)
        )

    async def register(self) -> str:
        """Let the source be told at the endpoint; the secret."""
        answer = await self.call("PUT", body={"url": self.endpoint.url})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["secret"])

    async def state(self, event: str = "event-1") -> dict[str, Any]:
        """State a movement; its receipt."""
        answer = await self.admission.post(self.source, movement(source_event_id=event))
        receipt: dict[str, Any] = answer.json()
        return receipt

    async def turn(self, *, later: timedelta = timedelta()) -> None:
        """Let the duties of the worker look once, so much later."""
        self.later += later
        dependencies = self.dependencies
        await follow_movements(dependencies)
        now = dependencies.clock()
        for source_id in await sources_due(dependencies.pool, now=now, besides=(), limit=9):
            await deliver_to(dependencies, source_id, asyncio.Event())

    async def deliveries(self) -> list[dict[str, Any]]:
        """What is listed, oldest first."""
        answer = await self.call("GET", "/deliveries")
        found: list[dict[str, Any]] = answer.json()["deliveries"]
        return found[::-1]

    @property
    def source_id(self) -> UUID:
        """Of the source."""
        return self.source.source.source_id


@pytest.fixture
async def told(admission_settings: Settings, open_admission: Open) -> AsyncIterator[Told]:
    """A source without a callback yet, whose services do not answer."""
    settings = msgspec.structs.replace(admission_settings, callback_networks="127.0.0.0/8")
    async with open_admission(settings) as admission, listening() as endpoint:
        source, operator = await admission.source(), await admission.source(scopes=["operator"])
        yield Told(admission, endpoint, source, operator)
