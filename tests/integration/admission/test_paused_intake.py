"""A paused intake answers 503 with retry-after, and nothing else stops."""

import asyncio

import httpx
import pytest

from services.admission.handlers.manage_access import NewSource
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import encoded, movement

pytestmark = pytest.mark.services


async def test_it_refuses_with_a_time_to_come_back_and_stores_nothing(admission: Admission) -> None:
    operator = bearer((await admission.source(None, ("operator",))).secret)
    source = await admission.source()
    body = {"by": "Ada", "because": "a deploy"}
    paused = await admission.operations.put("/v1/pauses/intake", json=body, headers=operator)
    assert paused.status_code == 201
    for answer in await _both_doors(admission, source):
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    assert await admission.rows("SELECT FROM ledger WHERE type LIKE '%patient%'") == []
    await admission.operations.delete("/v1/pauses/intake", headers=operator)
    async with asyncio.timeout(10):
        while {answer.status_code for answer in await _both_doors(admission, source)} != {202, 200}:
            continue


async def _both_doors(admission: Admission, source: NewSource) -> list[httpx.Response]:
    batch = admission.client.post(
        "/v1/movements:batch", content=encoded(movement()), headers=bearer(source.secret)
    )
    return [await admission.post(source, movement()), await batch]
