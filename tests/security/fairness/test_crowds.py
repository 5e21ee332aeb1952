"""An honest sender is served beside every crowd: told by who holds which place, never by a clock."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Depends, Request
from prometheus_client import REGISTRY
from starlette.responses import Response

from shared.events.admission import KeyLimits
from shared.security.authentication import AUTHENTICATOR, Permission
from shared.security.principal import Principal
from shared.web.app import create_app
from shared.web.fairness.caller import REFUSED_AT_ONCE
from shared.web.fairness.failed_keys import FAILED_KEYS_AT_ONCE
from shared.web.fairness.shared_places import SharedPlaces
from shared.web.middleware.places import Places
from shared.web.problems import Problem
from tests.unit.shared.web.test_app import unconnected

PLACES = 8
SHARE = 6
"""Of eight places, for one who is alone."""

Sender = Annotated[Principal, Depends(Permission("state_movement"))]


class Service:
    """Answers `/v1/work` when it may, and knows some keys."""

    def __init__(self, limits: Mapping[str, KeyLimits] | None = None) -> None:
        self.limits = limits or {}
        self.keys = {"honest", "crowd", *self.limits}
        self.lookups = 0
        self.inside = 0
        self.may_answer = asyncio.Event()
        router = APIRouter()
        router.add_api_route("/v1/work", self.work, methods=["POST"])
        router.add_api_route("/s/page", self.page, methods=["GET"])
        app = create_app(title="service", lifespan=unconnected, routers=[router], max_in_flight=PLACES)
        AUTHENTICATOR.set(app, self)
        self.app = app
        app.middleware_stack = app.build_middleware_stack()
        assert isinstance(app.middleware_stack, Places)
        self.places = app.middleware_stack
        self.places.without_key = SharedPlaces(PLACES)
        self.places.hold_back_seconds = 0.0

    async def authenticate(self, header: str | None) -> Principal | None:
        self.lookups += 1
        key = (header or "").removeprefix("Bearer ")
        if key not in self.keys:
            return None
        return Principal(
            source_id=UUID(int=sum(key.encode())),
            establishment="750000002",
            scopes=frozenset({"intake"}),
            limits=self.limits.get(key, KeyLimits()),
        )

    async def work(self, request: Request, _sender: Sender) -> Response:
        self.inside += 1
        if await request.body() == b"mistake":
            raise Problem(422)
        await self.may_answer.wait()
        return Response("done")

    async def page(self) -> Response:
        await self.may_answer.wait()
        return Response("page")

    async def post(self, key: str | None, *, address: str = "192.0.2.1", body: Any = b"x") -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=(address, 1))
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.post("/v1/work", content=body, headers=headers)

    async def crowd(self, key: str | None, count: int, **given: Any) -> list[asyncio.Task[httpx.Response]]:
        """So many that come at once; those that are refused are answered."""
        crowd = [asyncio.create_task(self.post(key, **given)) for _ in range(count)]
        for _ in range(50):
            await asyncio.sleep(0)
        return crowd


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    yield service
    service.may_answer.set()


def statuses(crowd: list[asyncio.Task[httpx.Response]]) -> list[int]:
    return sorted(one.result().status_code for one in crowd if one.done())


def _sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"relais_http_{name}_total", labels) or 0


async def test_a_crowd_with_one_key_leaves_places_to_another(service: Service) -> None:
    crowd = await service.crowd("crowd", 50)
    assert service.inside == SHARE
    assert statuses(crowd) == [503] * (50 - SHARE)
    honest = await service.crowd("honest", 1)
    assert service.inside == SHARE + 1
    service.may_answer.set()
    assert (await honest[0]).status_code == 200
    await asyncio.gather(*crowd)
    assert (service.places.served.taken, service.places.unrecognised.taken) == (0, 0)


async def test_bodies_that_come_slowly_hold_the_places_of_their_own_key_only(service: Service) -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"x"
        await service.may_answer.wait()

    crowd = [asyncio.create_task(service.post("crowd", body=never())) for _ in range(50)]
    await service.crowd("honest", 1)
    assert service.places.served.held[UUID(int=sum(b"honest"))] == 1
    service.may_answer.set()
    await asyncio.gather(*crowd)


async def test_a_crowd_without_a_key_takes_no_place_of_those_who_have_one(service: Service) -> None:
    async def never() -> AsyncIterator[bytes]:
        await service.may_answer.wait()
        yield b"x"

    crowd = [asyncio.create_task(service.post(None, body=never())) for _ in range(520)]
    await asyncio.gather(*crowd)
    assert {one.result().status_code for one in crowd} <= {401, 503}, "refused unread"
    assert service.places.without_key.taken == 0
    service.may_answer.set()
    assert (await service.post("honest")).status_code == 200


async def test_who_reads_pages_without_a_key_has_a_share_for_each_address(service: Service) -> None:
    async def read(address: str) -> int:
        transport = httpx.ASGITransport(service.app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return (await client.get("/s/page")).status_code

    crowd = [asyncio.create_task(read("198.51.100.1")) for _ in range(50)]
    await asyncio.sleep(0.0)
    reader = asyncio.create_task(read("192.0.2.7"))
    for _ in range(50):
        await asyncio.sleep(0)
    assert service.places.without_key.held == {"198.51.100.1": SHARE, "192.0.2.7": 1}
    service.may_answer.set()
    assert await reader == 200
    await asyncio.gather(*crowd)


async def test_an_address_that_tries_keys_is_slowed_down_and_counted(service: Service) -> None:
    service.may_answer.set()
    service.places.seconds = lambda: 0.0
    await service.post("honest", address="198.51.100.1")
    failed, slowed = _sample("failed_keys"), _sample("limited", limit="address")
    for number in range(FAILED_KEYS_AT_ONCE):
        assert (await service.post(f"guess {number}", address="198.51.100.1")).status_code == 401
    lookups = service.lookups
    refused = await service.post("one more guess", address="198.51.100.1")
    assert (refused.status_code, service.lookups) == (429, lookups), "it is not even looked up"
    assert int(refused.headers["retry-after"]) >= 1
    assert _sample("failed_keys") == failed + FAILED_KEYS_AT_ONCE
    assert _sample("limited", limit="address") == slowed + 1
    assert (await service.post("honest", address="198.51.100.1")).status_code == 200, "it is known there"
    assert (await service.post("crowd", address="192.0.2.1")).status_code == 200


async def test_a_key_that_was_revoked_is_a_stranger_again(service: Service) -> None:
    service.may_answer.set()
    assert (await service.post("honest")).status_code == 200
    service.keys.remove("honest")
    assert (await service.post("honest")).status_code == 401
    assert service.places.callers.find(b"Bearer honest") is None


@pytest.mark.parametrize(
    ("limits", "answers"),
    [
        (KeyLimits(requests_per_second=2), [200, 200, 429, 429]),
        (KeyLimits(bytes_per_minute=25), [200, 200, 200, 429]),
        (KeyLimits(concurrent_requests=1), [200, 200, 200, 200]),
    ],
)
async def test_a_key_is_held_to_its_own_limits(limits: KeyLimits, answers: list[int]) -> None:
    service = Service({"limited": limits})
    service.places.seconds = lambda: 0.0
    service.may_answer.set()
    got = [(await service.post("limited", body=b"0123456789")).status_code for _ in answers]
    assert got == answers
    assert (await service.post("honest")).status_code == 200


async def test_a_key_may_have_only_so_many_requests_inside() -> None:
    service = Service({"limited": KeyLimits(concurrent_requests=2)})
    crowd = await service.crowd("limited", 5)
    assert service.inside == 2
    assert statuses(crowd) == [429] * 3
    service.may_answer.set()
    await asyncio.gather(*crowd)
    assert (await service.post("limited")).status_code == 200


async def test_a_key_that_makes_one_mistake_after_the_other_waits_and_no_other_does(service: Service) -> None:
    service.may_answer.set()
    service.places.seconds = lambda: 0.0
    for _ in range(REFUSED_AT_ONCE):
        assert (await service.post("crowd", body=b"mistake")).status_code == 422
    assert (await service.post("crowd")).status_code == 429
    assert (await service.post("honest")).status_code == 200
    service.places.seconds = lambda: 1.0
    assert (await service.post("crowd")).status_code == 200


async def test_who_is_beyond_its_own_limit_is_held_back_and_holds_no_place() -> None:
    service = Service({"limited": KeyLimits(requests_per_second=1)})
    service.places.seconds = lambda: 0.0
    service.may_answer.set()
    assert (await service.post("limited")).status_code == 200
    service.places.hold_back_seconds = 3600
    held = asyncio.create_task(service.post("limited"))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not held.done()
    assert service.places.served.taken == 0
    assert (await service.post("honest")).status_code == 200
    held.cancel()
