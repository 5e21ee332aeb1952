"""Gives tests a running admission, with keys made by its own use cases."""

from base64 import b64encode
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.manage_access import NewSource, create_source
from services.admission.settings import Settings
from shared.events.admission import Scope
from shared.spine.service.opening import OpenService
from tests.unit.admission.bodies import HOSPITAL, encoded

MASTER_KEY = bytes(range(32))
SIGNING_KEY = bytes(range(1, 33))
INTAKE: tuple[Scope, ...] = ("intake",)


def settings_for(
    database_url: str, *, kafka_bootstrap: str = "127.0.0.1:1", bootstrap_key_sha256: str = ""
) -> Settings:
    """Settings of a process that has no peers."""
    return Settings(
        database_url=database_url,
        kafka_bootstrap=kafka_bootstrap,
        master_key=b64encode(MASTER_KEY).decode(),
        bootstrap_key_sha256=bootstrap_key_sha256,
        test_numbers="accepted",
        grant_signing_key=f"test={b64encode(SIGNING_KEY).decode()}",
    )


def open_client(app: FastAPI) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """A client of the application in this process; what fails in it is answered, not raised here."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://admission")


@dataclass(frozen=True)
class Admission:
    """One API process."""

    app: FastAPI
    service: OpenService[Settings, Dependencies]
    client: httpx.AsyncClient
    operations: httpx.AsyncClient
    """On the port of operations."""

    async def source(
        self,
        establishment: str | None = HOSPITAL,
        scopes: Sequence[Scope] = INTAKE,
        tolerance_seconds: int = 300,
        sites: Sequence[str] = (),
    ) -> NewSource:
        """A new source of an establishment."""
        return await create_source(
            self.service.dependencies,
            "ward system",
            establishment=establishment,
            scopes=scopes,
            tolerance_seconds=tolerance_seconds,
            sites=sites,
        )

    async def post(self, source: NewSource, body: object) -> httpx.Response:
        """Offer a movement; bytes go as they are."""
        content = body if isinstance(body, bytes) else encoded(body)
        return await self.client.post("/v1/movements", content=content, headers=bearer(source.secret))

    async def rows(self, query: str, *arguments: object) -> list[dict[str, Any]]:
        """What the database holds."""
        return [dict(row) for row in await self.service.spine.pool.fetch(query, *arguments)]


async def register_unit(admission: Admission, code: str, *, establishment: str = HOSPITAL) -> None:
    """An operator registers the unit, and the establishment."""
    operator = bearer((await admission.source(None, ["operator"])).secret)
    path = f"/v1/establishments/{establishment}"
    for registered in (path, f"{path}/units/{code}"):
        answer = await admission.client.put(registered, json={"name": "Unité"}, headers=operator)
        assert answer.status_code == httpx.codes.OK, answer.text


def bearer(key: str) -> dict[str, str]:
    """The header that shows a key."""
    return {"authorization": f"Bearer {key}"}
