"""The service between both provider simulators, with the API that is called back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from deploy.local.mail_sink import app as mail_sink
from deploy.local.simulators import serving
from deploy.local.sms_gateway import app as sms_gateway
from services.notifications.channels.email import EmailChannel
from services.notifications.channels.sms import SmsChannel, report_tokens_of
from services.notifications.domain.circle.members import ChannelName
from services.notifications.handlers.delivery.claim_due import claim_due
from services.notifications.handlers.delivery.dispatch import dispatch
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.wiring import SERVICE
from shared.spine.service.api import create_api
from tests.integration.notifications.engine import OPERATOR, Engine
from tests.served import served

_PATIENCE_SECONDS = 20.0
_SHORT_SECONDS = 1.0


@dataclass
class SimulatedProviders:
    """Where everything listens, and the lanes of the engine."""

    dependencies: Dependencies
    client: httpx.AsyncClient
    sms_url: str
    mail_url: str
    reports: asyncio.Queue[int]

    async def send(self, channel_name: ChannelName) -> None:
        """Everything that is due on one lane leaves once."""
        for departure in await claim_due(self.dependencies, channel_name, limit=50):
            await dispatch(self.dependencies, channel_name, departure)

    async def reported(self, count: int) -> None:
        """Returns once so many delivery reports were answered, all of them with 200."""
        for _ in range(count):
            assert await asyncio.wait_for(self.reports.get(), _PATIENCE_SECONDS) == httpx.codes.OK

    async def script_sms(self, **rule: object) -> None:
        await self.client.put(f"{self.sms_url}/script", json={"rules": [rule]})

    async def texts(self) -> list[str]:
        return [message["text"] for message in (await self.client.get(f"{self.sms_url}/messages")).json()]

    async def mails(self) -> list[str]:
        return [message["subject"] for message in (await self.client.get(f"{self.mail_url}/messages")).json()]


class _Everyone:
    async def authenticate(self, authorization_header: str | None) -> object:
        return OPERATOR if authorization_header else None


class _Announced:
    """Says the status of each delivery report that was answered."""

    def __init__(self, app: ASGIApp, reports: asyncio.Queue[int]) -> None:
        self._app = app
        self._reports = reports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        statuses: list[int] = []

        async def heard(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(int(str(message["status"])))
            await send(message)

        await self._app(scope, receive, heard)  # type: ignore[arg-type]
        if scope.get("path") == "/v1/delivery-reports/sms":
            await self._reports.put(statuses[0])


@asynccontextmanager
async def without_lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """The test connects the application itself."""
    yield


@asynccontextmanager
async def simulated_providers(engine: Engine) -> AsyncIterator[SimulatedProviders]:
    """The simulators and the API on free ports, over the engine's database."""
    reports: asyncio.Queue[int] = asyncio.Queue()
    api = create_api(SERVICE, lifespan=without_lifespan)
    api.add_middleware(_Announced, reports=reports)
    smtp = serving.listen(0)
    soon = httpx.Timeout(_PATIENCE_SECONDS, read=_SHORT_SECONDS)
    async with (
        served(api) as api_url,
        served(sms_gateway.create_app(report_delay_seconds=0.0)) as sms_url,
        served(mail_sink.create_app(smtp)) as mail_url,
        httpx.AsyncClient(timeout=_PATIENCE_SECONDS, trust_env=False) as client,
        httpx.AsyncClient(timeout=soon, trust_env=False) as hasty,
    ):
        dependencies = engine.dependencies
        sms = SmsChannel(
            hasty,
            url=f"{sms_url}/cgi-bin/sendsms",
            username="relais",
            password="secret",
            public_url=api_url,
            report_tokens=report_tokens_of(dependencies.vault),
        )
        email = EmailChannel(
            security="none",
            host="127.0.0.1",
            port=urlsplit(serving.url_of(smtp)).port or 0,
            sender="relais@exemple.fr",
            clock=dependencies.clock,
        )
        api.state.authenticator = _Everyone()
        over_channels = replace(dependencies, channels={"sms": sms, "email": email}, public_url=api_url)
        api.state.dependencies = over_channels
        yield SimulatedProviders(over_channels, client, sms_url, mail_url, reports)
