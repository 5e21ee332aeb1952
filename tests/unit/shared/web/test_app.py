import asyncio
import json
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query, Request
from prometheus_client import REGISTRY
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared.telemetry import metrics
from shared.web import responses
from shared.web.app import create_app
from shared.web.middleware import body_limit
from shared.web.middleware.body_limit import LIMIT_BYTES, BodyLimit
from shared.web.problems import FieldError, Problem
from tests.unit.shared.telemetry.recorded import recording

ROOT = Path(__file__).parents[4]

router = APIRouter(prefix="/v1")


@router.post("/echo/{name}")
async def echo(request: Request, name: str) -> Response:
    return Response(f"{name} {len(await request.body())}")


@router.get("/list")
async def list_some(limit: Annotated[int, Query(ge=1)]) -> Response:
    return Response(str(limit))


@router.get("/fail/{how}")
async def fail(how: str) -> Response:
    raise {
        "bug": ValueError("Jeanne Dupont"),
        "refused": ConnectionRefusedError(),
        "late": TimeoutError(),
        "starting": asyncpg.CannotConnectNowError("the database system is starting up"),
        "closed": asyncpg.InterfaceError("pool is closing"),
        "deadlock": asyncpg.DeadlockDetectedError("Process 7 waits for ShareLock on transaction 8"),
        "serialization": asyncpg.SerializationError("could not serialize access due to concurrent update"),
        "lock": asyncpg.LockNotAvailableError("canceling statement due to lock timeout"),
        "argument": asyncpg.exceptions._base.DataError("invalid input for query argument $1: 'Dupont'"),
        "constraint": asyncpg.UniqueViolationError("Key (name)=(Dupont) already exists"),
    }[how]


@router.get("/problem")
async def problem() -> Response:
    raise Problem(
        409, "Other content", detail="same id", errors=[FieldError("/a", "b")], extensions={"known": "abc"}
    )


@router.get("/struct")
async def struct() -> Response:
    return responses.json(202, FieldError("/a", "b"), headers={"location": "/x"})


@asynccontextmanager
async def unconnected(_app: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
def app() -> FastAPI:
    return create_app(title="test", lifespan=unconnected, routers=[router])


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


def _problem(response: httpx.Response) -> dict[str, object]:
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = response.json()
    assert body["status"] == response.status_code
    return body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/echo/a", 405),
        ("GET", "/v1/list?limit=Dupont", 422),
        ("GET", "/v1/fail/bug", 500),
        ("GET", "/v1/fail/constraint", 500),
        ("GET", "/v1/fail/argument", 500),
    ],
)
async def test_every_error_is_a_problem_that_quotes_nothing(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await client.request(method, path)
    assert _problem(response)["status"] == status
    assert "Dupont" not in response.text


async def test_a_wrong_parameter_is_named(client: httpx.AsyncClient) -> None:
    body = _problem(await client.get("/v1/list?limit=0"))
    assert body["errors"] == [{"pointer": "/query/limit", "detail": "greater than equal"}]


async def test_a_problem_carries_what_its_route_says(client: httpx.AsyncClient) -> None:
    assert _problem(await client.get("/v1/problem")) == {
        "type": "about:blank",
        "title": "Other content",
        "status": 409,
        "detail": "same id",
        "errors": [{"pointer": "/a", "detail": "b"}],
        "known": "abc",
    }


async def test_a_struct_is_answered_as_json(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/struct")
    assert (response.status_code, response.headers["location"]) == (202, "/x")
    assert response.json() == {"pointer": "/a", "detail": "b"}


@pytest.mark.parametrize(
    "how", ["refused", "late", "starting", "closed", "deadlock", "serialization", "lock"]
)
async def test_what_a_retry_can_cure_is_503_with_retry_after(client: httpx.AsyncClient, how: str) -> None:
    response = await client.get(f"/v1/fail/{how}")
    assert _problem(response)["status"] == 503
    assert int(response.headers["retry-after"]) > 0


async def test_the_text_of_an_error_is_not_logged(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await client.get("/v1/fail/bug")
    output = capsys.readouterr()
    assert "Dupont" not in output.out + output.err
    assert "ValueError" in output.out


async def test_a_body_of_64_kilobytes_is_accepted(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/echo/a", content=b"x" * LIMIT_BYTES)
    assert response.text == f"a {LIMIT_BYTES}"


async def test_a_body_announced_as_larger_is_refused_unread() -> None:
    async def reading(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError("the body was read")

    refusing = httpx.ASGITransport(BodyLimit(reading, limits={}))
    client = httpx.AsyncClient(transport=refusing, base_url="http://test")
    response = await client.post("/v1/echo/a", content=b"x" * (LIMIT_BYTES + 1))
    assert _problem(response)["status"] == 413


async def test_a_body_that_turns_out_larger_is_refused_while_it_streams(client: httpx.AsyncClient) -> None:
    read_chunks = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal read_chunks
        for _ in range(1000):
            read_chunks += 1
            yield b"x" * 1024

    response = await client.post("/v1/echo/a", content=chunks())
    assert _problem(response)["status"] == 413
    assert response.headers["connection"] == "close"
    assert read_chunks == 1000, "what was not thrown away would reset the connection before its answer"


async def test_a_body_that_stops_coming_is_given_up(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_limit, "GRACE_SECONDS", 0.0)
    gone = asyncio.Event()

    async def stopping() -> AsyncIterator[bytes]:
        yield b"x"
        await gone.wait()

    response = await client.post("/v1/echo/a", content=stopping())
    assert _problem(response)["status"] == 408
    assert response.headers["connection"] == "close"


async def test_a_process_says_that_it_is_alive_and_of_which_version(client: httpx.AsyncClient) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (await client.get("/health")).json() == {"status": "ok", "version": declared}


async def test_a_process_says_that_it_is_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/ready")).json() == {"status": "ok"}


async def test_a_process_that_is_not_ready_says_so_and_stays_alive(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    async def not_ready() -> bool:
        return False

    app.state.ready = not_ready
    assert (await client.get("/ready")).status_code == 503
    assert (await client.get("/health")).status_code == 200


async def test_metrics_count_requests_by_route_template(client: httpx.AsyncClient) -> None:
    labels = {"method": "POST", "route": "/v1/echo/{name}", "status": "200"}
    before = REGISTRY.get_sample_value("relais_http_requests_total", labels) or 0
    await client.post("/v1/echo/Dupont")
    exposed = metrics.expose().decode()
    assert REGISTRY.get_sample_value("relais_http_requests_total", labels) == before + 1
    assert "Dupont" not in exposed
    assert 'route="/health"' not in exposed


async def test_an_invented_method_or_path_adds_no_label(client: httpx.AsyncClient) -> None:
    await client.request("DUPONT", "/v1/dupont")
    exposed = metrics.expose().decode()
    assert "dupont" not in exposed.lower()
    assert 'method="OTHER",route="unmatched",status="404"' in exposed


async def test_a_request_is_a_server_span_that_continues_the_callers_trace(client: httpx.AsyncClient) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    trace = {"traceparent": parent, "tracestate": "vendor=Dupont"}
    with recording() as spans:
        await client.post("/v1/echo/Dupont", headers=trace)
        await client.get("/health")
        [span] = spans.all()
    assert span.name == "POST /v1/echo/{name}"
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"
    assert "Dupont" not in span.to_json()


async def test_a_query_is_in_no_span_log_or_metric(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with recording() as spans:
        await client.get("/v1/list?limit=2410575123456")
        await client.get("/v1/fail/bug?number=2410575123456")
        recorded = "".join(span.to_json() for span in spans.all())
    output = capsys.readouterr()
    exposed = metrics.expose().decode()
    assert "2410575123456" not in recorded + output.out + output.err + exposed


async def test_a_failed_request_is_a_failed_span_without_the_errors_text(client: httpx.AsyncClient) -> None:
    with recording() as spans:
        await client.get("/v1/fail/bug")
        [span] = spans.all()
    attributes = json.loads(span.to_json())["attributes"]
    assert attributes["http.response.status_code"] == 500
    assert attributes["error.type"] == "500"
    assert "Dupont" not in span.to_json()


async def _start(error: BaseException) -> None:
    @asynccontextmanager
    async def failing(_app: FastAPI) -> AsyncIterator[None]:
        raise error
        yield

    app = create_app(title="test", lifespan=failing, routers=[])
    async with app.router.lifespan_context(app):
        pass


async def test_a_start_that_fails_is_logged_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="Dupont"):
        await _start(ValueError("Dupont"))
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["error"]) == ("service_failed", "ValueError")


async def test_a_sentence_for_whoever_starts_the_process_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        await _start(SystemExit("RELAIS_DATABASE_URL not set"))
    assert "RELAIS_DATABASE_URL not set" in capsys.readouterr().err
