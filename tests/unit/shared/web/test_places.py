"""Requests beyond the places are refused on arrival, and all inside are answered."""

import asyncio

import httpx
import pytest
from fastapi import APIRouter, Request
from prometheus_client import REGISTRY
from starlette.responses import Response

from shared.spine.operations import api as operations
from shared.spine.parked import api as parked
from shared.spine.reconciliation.api import inbox as inbox_api
from shared.spine.reconciliation.api import ledger as ledger_api
from shared.spine.reconciliation.api import report as report_api
from shared.web.app import create_app
from shared.web.fairness.shared_places import SharedPlaces
from shared.web.middleware.places import OPERATIONAL_PATHS, Places
from tests.unit.shared.telemetry.recorded import recording
from tests.unit.shared.web.test_app import unconnected

PLACES, MOST, FLOOD = 4, 3, 50
"""Of four places one address gets three."""


class Busy:
    """An application whose one route answers when it is told to."""

    def __init__(self) -> None:
        self.inside = 0
        self.may_answer = asyncio.Event()
        self.read_bodies = 0
        router = APIRouter()
        for path in ("/v1/work", "/v1/operations"):
            router.add_api_route(path, self.work, methods=["POST"])
        app = create_app(title="busy", lifespan=unconnected, routers=[router])
        app.middleware_stack = app.build_middleware_stack()
        assert isinstance(app.middleware_stack, Places)
        app.middleware_stack.without_key = SharedPlaces(PLACES)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://busy")

    async def work(self, request: Request) -> Response:
        self.inside += 1
        await request.body()
        self.read_bodies += 1
        await self.may_answer.wait()
        return Response("done")

    async def flooded(self) -> list[asyncio.Task[httpx.Response]]:
        """A flood of which all but those inside are answered."""
        flood = [asyncio.create_task(self.client.post("/v1/work", content=b"x")) for _ in range(FLOOD)]
        for refused in asyncio.as_completed(flood):
            await refused
            if sum(one.done() for one in flood) == FLOOD - MOST:
                break
        return flood


def _refusals() -> float:
    return REGISTRY.get_sample_value("relais_http_overload_refusals_total") or 0


async def test_a_flood_is_refused_on_arrival_and_those_inside_are_answered() -> None:
    busy, before = Busy(), _refusals()
    async with asyncio.timeout(30):
        flood = await busy.flooded()
    assert busy.read_bodies == busy.inside == MOST
    assert _refusals() - before == FLOOD - MOST
    refused = [one.result() for one in flood if one.done()]
    assert {one.status_code for one in refused} == {503}
    assert {one.headers["content-type"] for one in refused} == {"application/problem+json"}
    assert all(int(one.headers["retry-after"]) > 0 for one in refused)
    assert refused[0].json()["status"] == 503
    busy.may_answer.set()
    answers = await asyncio.gather(*flood)
    assert sum(one.status_code == 200 for one in answers) == MOST
    assert (await busy.client.post("/v1/work")).status_code == 200


async def test_a_refusal_costs_no_span() -> None:
    busy = Busy()
    with recording() as spans:
        async with asyncio.timeout(30):
            flood = await busy.flooded()
        busy.may_answer.set()
        await asyncio.gather(*flood)
    assert len(spans.all()) == MOST


async def test_operators_are_answered_in_a_flood() -> None:
    busy = Busy()
    async with asyncio.timeout(30):
        flood = await busy.flooded()
        assert (await busy.client.get("/health")).status_code == 200
        assert (await busy.client.get("/metrics")).status_code == 200
        busy.may_answer.set()
        assert (await busy.client.post("/v1/operations")).status_code == 200
        await asyncio.gather(*flood)


async def test_a_place_is_free_again_when_its_client_goes_away() -> None:
    busy = Busy()
    async with asyncio.timeout(30):
        flood = await busy.flooded()
    for one in flood:
        one.cancel()
    await asyncio.gather(*flood, return_exceptions=True)
    busy.may_answer.set()
    assert (await busy.client.post("/v1/work")).status_code == 200


@pytest.mark.parametrize("module", [operations, parked, inbox_api, ledger_api, report_api])
def test_what_operators_and_our_own_services_ask_is_kept_open(module: object) -> None:
    router: APIRouter = module.router  # type: ignore[attr-defined]
    paths = [route.path for route in router.routes]  # type: ignore[attr-defined]
    assert paths
    assert all(path.startswith(OPERATIONAL_PATHS) for path in paths)
