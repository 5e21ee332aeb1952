"""The mail sink's HTTP routes: those that show what arrived and script what happens to what comes."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.local.mail_sink.messages import KEPT, Arrived, Inbox
from deploy.local.mail_sink.rules import MailRule, MailScript
from deploy.local.mail_sink.smtp import Receiving, receiving
from deploy.local.simulators.journal import Journal
from deploy.local.simulators.scripted import Script
from shared.runtime.clock import Clock, system_clock

_PAGE = Path(__file__).with_name("page.html")
_NOTHING_RUNS = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'"


class Sink:
    """The routes and what they share."""

    def __init__(self, inbox: Inbox, script: Script[MailRule], journal: Journal[Arrived]) -> None:
        self._inbox = inbox
        self._journal = journal
        self._script = script

    async def messages(self, request: Request) -> Response:
        if request.method != "GET":
            self._inbox.clear()
            self._journal.clear()
            return Response(status_code=204)
        limit = request.query_params.get("limit", "")
        listed = self._inbox.listed(
            to=request.query_params.get("to"), limit=int(limit) if limit.isdecimal() else None
        )
        return _json(listed)

    async def message(self, request: Request) -> Response:
        found = self._inbox.found(request.path_params["id"])
        return PlainTextResponse("no such message", 404) if found is None else _json(found)

    async def html(self, request: Request) -> Response:
        """The HTML part as the reader would see it, but with nothing of it running or loading."""
        found = self._inbox.found(request.path_params["id"])
        if found is None or found.html is None:
            return PlainTextResponse("no such message", 404)
        return HTMLResponse(found.html, headers={"Content-Security-Policy": _NOTHING_RUNS})

    async def script(self, request: Request) -> Response:
        if request.method == "PUT":
            try:
                self._script.replace(msgspec.json.decode(await request.body(), type=MailScript).rules)
            except msgspec.ValidationError as error:
                return PlainTextResponse(str(error), 422)
        elif request.method == "DELETE":
            self._script.replace([])
        return _json(MailScript(rules=self._script.rules))


def create_app(smtp: socket.socket, *, journal: Path | None = None, clock: Clock = system_clock) -> Starlette:
    """The page; while it runs, mail is received on the socket."""
    kept = Journal(journal, Arrived, limit=KEPT)
    inbox, script = Inbox(kept.earlier), Script[MailRule]()
    sink = Sink(inbox, script, kept)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with receiving(Receiving(inbox=inbox, script=script, journal=kept, clock=clock), smtp):
            yield
        kept.close()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/messages", sink.messages, methods=["GET", "POST", "DELETE"]),
            Route("/messages/{id}", sink.message),
            Route("/messages/{id}/html", sink.html),
            Route("/script", sink.script, methods=["GET", "PUT", "DELETE"]),
            Route("/health", lambda _request: PlainTextResponse("ok")),
            Route("/", lambda _request: FileResponse(_PAGE)),
        ],
    )


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
