"""The gateway's HTTP routes: Kannel's `sendsms`, and those that show what arrived and script what comes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.local.simulators.journal import Journal
from deploy.local.simulators.scripted import Script
from deploy.local.sms_gateway.messages import KEPT, Arrived, Inbox
from deploy.local.sms_gateway.reports import Reporter
from deploy.local.sms_gateway.rules import SmsRule, SmsScript
from shared.runtime.clock import Clock, system_clock

_PAGE = Path(__file__).with_name("page.html")
_REPORT_TIMEOUT_SECONDS = 10.0
_ACCEPTED = 202
_HEADER = "x-kannel-"


class Gateway:
    """The routes and what they share."""

    def __init__(
        self, *, journal: Journal[Arrived], clock: Clock, credentials: tuple[str, str] | None
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._credentials = credentials
        self._inbox = Inbox(journal.earlier)
        self._script: Script[SmsRule] = Script()
        self.reporter: Reporter

    async def sendsms(self, request: Request) -> Response:
        given = await _given(request)
        account = (given.get("username", ""), given.get("password", ""))
        if self._credentials is not None and account != self._credentials:
            return PlainTextResponse("Authorization failed for sendsms", 403)
        if not given.get("to") or "text" not in given:
            return PlainTextResponse("Wrong sendsms args, rejected", 400)
        rule = self._script.take(given["to"]) or SmsRule()
        message = _arrived(request, given, rule, received_at=self._clock())
        self._journal.write(message)
        self._inbox.add(message)
        if rule.refuse_status is not None:
            return PlainTextResponse("Refused by the script", rule.refuse_status)
        self.reporter.plan(message, rule)
        await asyncio.sleep(rule.answer_delay_seconds)
        if rule.hang:
            await _until_the_caller_gives_up(request)
        return PlainTextResponse("0: Accepted for delivery", _ACCEPTED)

    async def messages(self, request: Request) -> Response:
        if request.method != "GET":
            self._inbox.clear()
            self._journal.clear()
            return Response(status_code=204)
        given = request.query_params
        return _json(self._inbox.listed(to=given.get("to"), limit=_number(given.get("limit"))))

    async def script(self, request: Request) -> Response:
        if request.method == "PUT":
            try:
                self._script.replace(msgspec.json.decode(await request.body(), type=SmsScript).rules)
            except msgspec.ValidationError as error:
                return PlainTextResponse(str(error), 422)
        elif request.method == "DELETE":
            self._script.replace([])
        return _json(SmsScript(rules=self._script.rules))


def create_app(
    *,
    journal: Path | None = None,
    credentials: tuple[str, str] | None = None,
    report_delay_seconds: float = 0.5,
    clock: Clock = system_clock,
) -> Starlette:
    """A gateway that accepts any account when no credentials are given."""
    kept = Journal(journal, Arrived, limit=KEPT)
    gateway = Gateway(journal=kept, clock=clock, credentials=credentials)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=_REPORT_TIMEOUT_SECONDS, trust_env=False) as client:
            gateway.reporter = Reporter(
                client, clock, delay_seconds=report_delay_seconds, reported=kept.write
            )
            yield
            await gateway.reporter.stop()
        kept.close()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/cgi-bin/sendsms", gateway.sendsms, methods=["GET", "POST"]),
            Route("/messages", gateway.messages, methods=["GET", "POST", "DELETE"]),
            Route("/script", gateway.script, methods=["GET", "PUT", "DELETE"]),
            Route("/health", lambda _request: PlainTextResponse("ok")),
            Route("/", lambda _request: FileResponse(_PAGE)),
        ],
    )


async def _given(request: Request) -> Mapping[str, str]:
    """As Kannel takes it: the query, or with POST headers that begin with X-Kannel, and the text as body."""
    if request.method != "POST":
        return request.query_params
    named = {name.removeprefix(_HEADER): value for name, value in request.headers.items() if _HEADER in name}
    body = await request.body()
    return {**named, "text": body.decode()} if body else named


def _arrived(request: Request, given: Mapping[str, str], rule: SmsRule, *, received_at: datetime) -> Arrived:
    refused = rule.refuse_status is not None
    return Arrived(
        id=str(uuid4()),
        received_at=received_at,
        to=given["to"],
        sender=given.get("from"),
        text=given["text"],
        validity_minutes=_number(given.get("validity")),
        state="refused" if refused else "accepted, not answered" if rule.hang else "accepted",
        status=rule.refuse_status or _ACCEPTED,
        report_url=given.get("dlr-url"),
        report_mask=_number(given.get("dlr-mask")) or 0,
        trace=request.headers.get("traceparent"),
    )


async def _until_the_caller_gives_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
