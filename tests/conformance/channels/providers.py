"""The provider behind each channel in the suite, which can be told what to do next."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from deploy.local.mail_sink import app as mail_sink
from deploy.local.simulators import serving
from deploy.local.sms_gateway import app as sms_gateway
from services.notifications.channels.channel import (
    Channel,
    RejectedPermanently,
    RejectedTemporarily,
    SendResult,
    Unknown,
)
from services.notifications.channels.email import EmailChannel
from services.notifications.channels.sms import ReportTokens, SmsChannel
from shared.runtime.clock import system_clock
from tests.conformance.channels.scripted_channel import ScriptedChannel
from tests.served import served

_PATIENCE_SECONDS = 20.0
_SHORT_SECONDS = 1.0


class Provider(Protocol):
    """A channel and its provider, which can be told what to do with the next message."""

    channel: Channel
    """The channel with a long timeout, so that a busy machine does not matter."""
    hasty: Channel
    """The channel with a short timeout."""
    nowhere: Channel
    """The channel with an address that nobody listens on."""
    address: str

    async def refuse_for_now(self) -> None: ...

    async def refuse_for_good(self) -> None: ...

    async def accept_without_answering(self) -> None: ...

    async def texts(self) -> list[str]:
        """The messages that the provider accepted."""
        ...


class SmsProvider:
    """The gateway simulator."""

    address = "+33639980001"

    def __init__(self, client: httpx.AsyncClient, hasty: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url
        self.channel: Channel = _sms(client, url)
        self.hasty: Channel = _sms(hasty, url)
        self.nowhere: Channel = _sms(client, f"http://127.0.0.1:{_closed_port()}")

    async def refuse_for_now(self) -> None:
        await self._script(refuse_status=503)

    async def refuse_for_good(self) -> None:
        await self._script(refuse_status=400)

    async def accept_without_answering(self) -> None:
        await self._script(hang=True)

    async def texts(self) -> list[str]:
        listed = (await self._client.get(f"{self._url}/messages")).json()
        return [message["text"] for message in listed if message["state"] != "refused"]

    async def _script(self, **rule: object) -> None:
        await self._client.put(f"{self._url}/script", json={"rules": [{"times": 1, **rule}]})


class EmailProvider:
    """The mail sink."""

    address = "proche@exemple.fr"

    def __init__(self, client: httpx.AsyncClient, url: str, smtp_port: int) -> None:
        self._client = client
        self._url = url
        self.channel: Channel = _email(smtp_port, answer_timeout_seconds=_PATIENCE_SECONDS)
        self.hasty: Channel = _email(smtp_port, answer_timeout_seconds=_SHORT_SECONDS)
        self.nowhere: Channel = _email(_closed_port(), answer_timeout_seconds=_PATIENCE_SECONDS)

    async def refuse_for_now(self) -> None:
        await self._script(refuse_status=451)

    async def refuse_for_good(self) -> None:
        await self._script(refuse_status=550)

    async def accept_without_answering(self) -> None:
        await self._script(hang=True)

    async def texts(self) -> list[str]:
        listed = (await self._client.get(f"{self._url}/messages")).json()
        return [message["text"].strip() for message in listed if message["state"] != "refused"]

    async def _script(self, **rule: object) -> None:
        await self._client.put(f"{self._url}/script", json={"rules": [{"times": 1, **rule}]})


class ScriptedProvider:
    """No provider: the test double must behave like the real channels."""

    address = "+33639980001"

    def __init__(self) -> None:
        self._scripted = ScriptedChannel()
        self.channel: Channel = self._scripted
        self.hasty: Channel = self._scripted
        unreachable = ScriptedChannel()
        unreachable.results.append(RejectedTemporarily("ConnectError"))
        self.nowhere: Channel = unreachable
        self._refused = 0

    async def refuse_for_now(self) -> None:
        self._next(RejectedTemporarily("status 503"))

    async def refuse_for_good(self) -> None:
        self._next(RejectedPermanently("status 400"))

    async def accept_without_answering(self) -> None:
        self._scripted.results.append(Unknown("ReadTimeout"))

    async def texts(self) -> list[str]:
        return [message.text for message in self._scripted.messages[self._refused :]]

    def _next(self, result: SendResult) -> None:
        self._scripted.results.append(result)
        self._refused += 1


@asynccontextmanager
async def sms_provider() -> AsyncIterator[SmsProvider]:
    soon = httpx.Timeout(_PATIENCE_SECONDS, read=_SHORT_SECONDS)
    async with (
        served(sms_gateway.create_app(report_delay_seconds=0.0)) as url,
        httpx.AsyncClient(timeout=_PATIENCE_SECONDS, trust_env=False) as client,
        httpx.AsyncClient(timeout=soon, trust_env=False) as hasty,
    ):
        yield SmsProvider(client, hasty, url)


@asynccontextmanager
async def email_provider() -> AsyncIterator[EmailProvider]:
    smtp = serving.listen(0)
    async with (
        served(mail_sink.create_app(smtp)) as url,
        httpx.AsyncClient(timeout=_PATIENCE_SECONDS, trust_env=False) as client,
    ):
        yield EmailProvider(client, url, urlsplit(serving.url_of(smtp)).port or 0)


@asynccontextmanager
async def scripted_provider() -> AsyncIterator[ScriptedProvider]:
    yield ScriptedProvider()


def _sms(client: httpx.AsyncClient, url: str) -> SmsChannel:
    return SmsChannel(
        client,
        url=f"{url}/cgi-bin/sendsms",
        username="relais",
        password="secret",
        public_url="http://127.0.0.1:9",
        report_tokens=ReportTokens(b"secret"),
    )


def _email(port: int, *, answer_timeout_seconds: float) -> EmailChannel:
    return EmailChannel(
        host="127.0.0.1",
        port=port,
        sender="Parcours <ne-pas-repondre@relais.exemple.fr>",
        clock=system_clock,
        timeout_seconds=_PATIENCE_SECONDS,
        answer_timeout_seconds=answer_timeout_seconds,
        security="none",
    )


def _closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
