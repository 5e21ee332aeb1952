"""The gateway's HTTP server: journals each request durably, and only then answers, or does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import uuid4

from deploy.local.ports import HOST
from tests.continuity.gateway.behaviour import Behaviour, Behaviours
from tests.continuity.gateway.reporting import Reporter
from tests.continuity.journal import Journal, now

SLOW_SECONDS: Final = (1.0, 6.0)
_ACCEPTED: Final = b"0: Accepted for delivery"
_REFUSED: Final = b"Come back later"
_HEADER: Final = "x-kannel-"


class Gateway:
    """One gateway; a fault changes its current behaviour."""

    def __init__(self, journal: Journal, *, port: int, seed: int) -> None:
        self.behaviours = Behaviours(seed)
        self._journal = journal
        self._port = port
        self._reporter = Reporter(journal, self.behaviours)
        self._open: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer for as long as the block lasts."""
        server = await asyncio.start_server(self._serve, HOST, self._port)
        try:
            async with self._reporter.running():
                yield
        finally:
            server.close()
            for writer in self._open:
                writer.transport.abort()

    async def idle(self) -> None:
        """Return once no report is pending."""
        await self._reporter.idle()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if not await self._answer(await _given(head, reader), reader, writer):
                    return
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _answer(
        self, given: dict[str, str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection stays open."""
        behaviour = self.behaviours.for_next_request()
        taken = behaviour.answer not in {"busy", "refused"}
        attempt = parse_qs(urlsplit(given.get("dlr-url", "")).query).get("attempt", [None])[0]
        request_id = str(uuid4())
        await self._journal.write(
            request_id=request_id,
            to=given["to"],
            text=given["text"],
            attempt=attempt,
            answered="accepted" if behaviour.answer == "slow" else behaviour.answer,
            status=behaviour.status,
            provider_id=request_id if taken else None,
            report=behaviour.reporting if taken else None,
        )
        if taken:
            self._reporter.plan(given["dlr-url"], attempt or "", request_id, behaviour.reporting)
        goes_on = await self._reply(behaviour, reader, writer)
        if goes_on:
            self._journal.note({"at": now(), "replied": request_id})
        return goes_on

    async def _reply(
        self, behaviour: Behaviour, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        if behaviour.answer == "cut":
            return False
        if behaviour.answer == "timeout":
            await reader.read(1)  # ends when the caller gives up
            return False
        if behaviour.answer == "slow":
            await asyncio.sleep(self.behaviours.delay_seconds(*SLOW_SECONDS))
        body = _REFUSED if behaviour.answer in {"busy", "refused"} else _ACCEPTED
        status = 202 if behaviour.answer == "slow" else behaviour.status
        head = f"HTTP/1.1 {status} Said\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        return True


async def _given(head: bytes, reader: asyncio.StreamReader) -> dict[str, str]:
    """What a request says, in its query or, with POST, in headers and body."""
    method, target = head.decode("latin-1").split(" ", 2)[:2]
    if method != "POST":
        return dict(parse_qsl(urlsplit(target).query))
    lines = (line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:])
    headers = {name.lower(): value for name, _, value in lines}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    given = {name.removeprefix(_HEADER): value for name, value in headers.items() if name.startswith(_HEADER)}
    return {**given, "text": body.decode()}
