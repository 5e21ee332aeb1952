"""A route on the fast path behaves as any other."""

import httpx
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from shared.web.middleware.fast_path import FastPath
from shared.web.problems import Problem


async def _answer(request: Request) -> Response:
    return Response(await request.body())


async def _refuse(_request: Request) -> Response:
    raise Problem(409, "Taken")


async def _named(request: Request) -> Response | None:
    name = request.path_params["name"]
    return Response(name) if name.isalpha() else None


def _client() -> httpx.AsyncClient:
    fast_routes = {
        ("POST", "/hot"): _answer,
        ("POST", "/taken"): _refuse,
        ("GET", "/things/{name}/shape"): _named,
    }
    app = FastAPI(middleware=[Middleware(FastPath, fast_routes=fast_routes)])

    @app.get("/things/{name}/shape")
    async def shape(name: int) -> int:
        return name

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here")


async def test_a_short_cut_answers_with_the_body_it_read() -> None:
    async with _client() as client:
        answer = await client.post("/hot", content=b"facts")
    assert (answer.status_code, answer.content) == (200, b"facts")


async def test_a_problem_raised_there_is_a_problem_document() -> None:
    async with _client() as client:
        answer = await client.post("/taken")
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")


async def test_another_method_or_path_goes_the_frameworks_way() -> None:
    async with _client() as client:
        assert (await client.get("/hot")).status_code == 404
        assert (await client.post("/cold")).status_code == 404


async def test_a_path_with_a_parameter_is_answered_or_left_to_the_framework() -> None:
    async with _client() as client:
        assert (await client.get("/things/ball/shape")).text == "ball"
        assert (await client.get("/things/7/shape")).json() == 7
        assert (await client.get("/things/7a/shape")).status_code == 422
        assert (await client.get("/things/a/b/shape")).status_code == 404
