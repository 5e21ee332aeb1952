"""Requests beyond the places are refused on arrival, and all inside are answered."""

import asyncio

import httpx
from fastapi import APIRouter, Request
from prometheus_client import REGISTRY
from starlette.responses import Response

from shared.events.admission import KeyLimits
from shared.web.app import create_app
from shared.web.fairness.shared_places import SharedPlaces
from shared.web.middleware.places import Places
from tests.unit.shared.telemetry.recorded import recording
from tests.unit.shared.web.test_app import unconnected

PLACES, MOST, FLOOD = 4, 3, 50
"""Of four places one address gets three."""


class Busy:
    """An application whose one route answers when it is told to."""

    def __init__(self, *, operational: bool = False) -> None:
        self.inside = 0
        self.may_answer = asyncio.Event()
        self.read_bodies = 0
        router = APIRouter()
        router.add_api_route("/v1/work", self.work, methods=["POST"])
        app = create_app(title="busy", lifespan=unconnected, routers=[router], operational=operational)
        app.middleware_stack = app.build_middleware_stack()
        assert isinstance(app.middleware_stack, Places)
        self.places = app.middleware_stack
        self.places.without_key = SharedPlaces(PLACES)
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


async def test_the_machinery_is_answered_in_a_flood() -> None:
    busy = Busy()
    async with asyncio.timeout(30):
        flood = await busy.flooded()
        assert (await busy.client.get("/health")).status_code == 200
        busy.may_answer.set()
        await asyncio.gather(*flood)


async def test_the_port_of_operations_has_places_of_its_own_and_slows_who_guesses_keys() -> None:
    busy = Busy(operational=True)
    places = busy.places
    places.operational, places.hold_back_seconds = SharedPlaces(PLACES), 0.0
    async with asyncio.timeout(30):
        flood = await busy.flooded()
        assert (await busy.client.get("/metrics")).status_code == 200
        busy.may_answer.set()
        await asyncio.gather(*flood)
        for _ in range(1000):
            places.failed_keys.note("127.0.0.1", places.seconds())
        guessed = await busy.client.post("/v1/work", headers={"authorization": "Bearer guessed"})
        assert guessed.status_code == 429
        places.callers.remember(b"Bearer known", "known", KeyLimits())
        known = await busy.client.post("/v1/work", headers={"authorization": "Bearer known"})
        assert known.status_code == 200


async def test_a_place_is_free_again_when_its_client_goes_away() -> None:
    busy = Busy()
    async with asyncio.timeout(30):
        flood = await busy.flooded()
    for one in flood:
        one.cancel()
    await asyncio.gather(*flood, return_exceptions=True)
    busy.may_answer.set()
    assert (await busy.client.post("/v1/work")).status_code == 200
