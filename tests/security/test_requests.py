"""Requests made to break something: each gets the answer of an ordinary mistake, and nothing else notices."""

import asyncio
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Query, Request
from prometheus_client import REGISTRY
from starlette.responses import Response
from starlette.types import Message

from shared.web import responses
from shared.web.app import create_app
from shared.web.middleware import body_limit
from shared.web.middleware.body_limit import GRACE_SECONDS, LEAST_BYTES_PER_SECOND, LIMIT_BYTES
from shared.web.problems import FieldError
from tests.unit.shared.web.test_app import unconnected

router = APIRouter()


@router.get("/v1/things/{name}")
async def find(name: str, text: Annotated[str, Query()] = "") -> Response:
    if "\0" in name + text:
        raise ValueError("PostgreSQL refuses NUL")
    return responses.json(200, FieldError("/name", name))


@router.post("/v1/things")
async def add(request: Request) -> Response:
    return Response(str(len(await request.body())))


app = create_app(title="test", lifespan=unconnected, routers=[router])


@pytest.fixture
def client() -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.mark.parametrize("query", ["text=%00", "text=a%00b", "other=%00", "%00=a"])
async def test_a_nul_in_a_query_is_a_mistake_of_the_caller(client: httpx.AsyncClient, query: str) -> None:
    response = await client.get(f"/v1/things/a?{query}")
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"pointer": "/query", "detail": "expected text without NUL characters"}
    ]


async def test_nothing_has_a_name_with_a_nul(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/things/a%00")).status_code == 404


async def test_no_answer_sends_the_caller_to_the_host_that_it_named(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things/a/", headers={"host": "evil.example"})
    assert (response.status_code, response.headers.get("location")) == (404, None)


@pytest.mark.parametrize("path", ["/v1/things/a", "/v1/things/a?text=%00", "/v1/nothing"])
async def test_no_answer_may_be_stored_on_its_way(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).headers["cache-control"] == "no-store"


def _counted(status: int) -> float:
    labels = {"method": "POST", "route": "/v1/things", "status": str(status)}
    return REGISTRY.get_sample_value("relais_http_requests_total", labels) or 0


async def test_a_client_that_hangs_up_is_no_error_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    before = _counted(499), _counted(500)
    messages: list[Message] = [{"type": "http.request", "body": b"x", "more_body": True}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        pass

    scope = {"type": "http", "method": "POST", "path": "/v1/things", "query_string": b"", "headers": []}
    await app(scope, receive, send)
    assert (_counted(499), _counted(500)) == (before[0] + 1, before[1])
    assert "request_failed" not in capsys.readouterr().out


async def _answered(*parts: bytes, then_silence: bool = False) -> tuple[list[Message], int]:
    """The messages of the answer to a body of these parts, and how many were left unread."""
    waiting, sent = list(parts), list[Message]()

    async def receive() -> Message:
        if not waiting and then_silence:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting) or then_silence}

    async def send(message: Message) -> None:
        sent.append({**message, "unread": len(waiting)})

    scope = {"type": "http", "method": "POST", "path": "/v1/things", "query_string": b"", "headers": []}
    await app(scope, receive, send)
    return sent, len(waiting)


async def test_a_refused_body_is_thrown_away_after_the_whole_answer() -> None:
    sent, unread = await _answered(*[b"x" * LIMIT_BYTES] * 5)
    assert (sent[0]["status"], unread) == (413, 0)
    body, end = sent[1:]
    assert (body["more_body"], body["unread"]) == (True, 3), (
        "the client can read it before it is done sending"
    )
    assert not end.get("more_body", False)


async def test_a_client_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "DISCARDING_SECONDS", 0.0)
    sent, _ = await _answered(*[b"x" * LIMIT_BYTES] * 2, then_silence=True)
    assert sent[0]["status"] == 413
    assert len(sent) == 3


async def test_one_that_sends_without_end_is_not_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "DISCARDED_BYTES", 2 * LIMIT_BYTES)
    _, unread = await _answered(*[b"x" * LIMIT_BYTES] * 50)
    assert unread > 40


def test_a_body_that_comes_drop_by_drop_gains_no_time_by_it() -> None:
    assert body_limit.deadline(100.0, 0) == 100 + GRACE_SECONDS
    assert body_limit.deadline(100.0, 10) < 100 + GRACE_SECONDS + 0.01
    assert body_limit.deadline(100.0, LEAST_BYTES_PER_SECOND) == 101 + GRACE_SECONDS


async def test_the_time_of_a_body_ends_whatever_still_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte at a time, each at once: only the rate counts."""
    monkeypatch.setattr(body_limit, "GRACE_SECONDS", -1.0)
    sent, _ = await _answered(*[b"x"] * 10, then_silence=True)
    assert sent[0]["status"] == 408
