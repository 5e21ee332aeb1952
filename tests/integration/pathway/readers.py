"""Clients with real keys that ask the real application over HTTP, without a socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from shared.events.admission import AccessGranted, Scope
from shared.events.envelope import RecordedEvent
from shared.security.principal import new_key
from shared.testing.person_history import START, id_of
from tests.integration.pathway.delivery import Delivery


@asynccontextmanager
async def reader(
    app: FastAPI,
    delivery: Delivery,
    establishment: str | None,
    *scopes: Scope,
    sites: tuple[str, ...] = (),
) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose key came the way that all keys come: as an event that admission published."""
    key, key_sha256 = new_key()
    granted = AccessGranted(
        key_id=id_of("key", key),
        key_sha256=key_sha256,
        source_id=id_of("source", key),
        scopes=scopes,
        establishment=establishment,
        sites=sites,
    )
    event = RecordedEvent(
        event_id=id_of("granted", key),
        publisher="admission",
        subject=granted.source_id,
        sequence=1,
        occurred_at=START,
        recorded_at=START,
        data=granted,
    )
    await delivery.deliver([event])
    headers = {"authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://pathway", headers=headers) as client:
        yield client
