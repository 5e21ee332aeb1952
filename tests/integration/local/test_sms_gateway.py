"""The SMS simulator behaves as Kannel does, and fails as it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.sms_gateway.app import create_app
from deploy.local.sms_gateway.messages import Arrived
from deploy.local.sms_gateway.reports import filled, report_types
from shared.runtime.clock import system_clock
from tests.served import served

SEND = "/cgi-bin/sendsms"
SMS = {"to": "+33639980001", "text": "Parcours : Mamie", "username": "relais", "password": "secret"}
_WAIT_SECONDS = 120


@asynccontextmanager
async def _called_back() -> AsyncIterator[tuple[str, asyncio.Queue[dict[str, str]]]]:
    """A service that takes delivery reports: its URL, and the parameters of each in order."""
    reports: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def receive(request: Request) -> Response:
        await reports.put(dict(request.query_params))
        return Response()

    async with served(Starlette(routes=[Route("/dlr", receive)])) as url:
        yield f"{url}/dlr?attempt=7&type=%d&id=%F&answer=%A", reports


@asynccontextmanager
async def _gateway(**options: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(report_delay_seconds=0.0, **options)
    async with served(app) as url, httpx.AsyncClient(base_url=url, timeout=_WAIT_SECONDS) as client:
        yield client


async def _script(client: httpx.AsyncClient, **rule: Any) -> None:
    assert (await client.put("/script", json={"rules": [rule]})).status_code == 200


async def test_it_accepts_like_kannel_and_shows_what_arrived() -> None:
    async with _gateway() as client:
        answer = await client.get(SEND, params={**SMS, "validity": "30"})
        assert (answer.status_code, answer.text) == (202, "0: Accepted for delivery")
        message = (await client.get("/messages")).json()[0]
        assert (message["to"], message["text"], message["validity_minutes"]) == (SMS["to"], SMS["text"], 30)
        assert (await client.get("/messages", params={"to": "+33639980002"})).json() == []


@pytest.mark.parametrize("method", ["DELETE", "POST"])
async def test_it_can_be_emptied(method: str) -> None:
    async with _gateway() as client:
        await client.get(SEND, params=SMS)
        assert (await client.request(method, "/messages")).status_code == 204
        assert (await client.get("/messages")).json() == []


async def test_it_refuses_another_account_when_it_knows_its_own() -> None:
    async with _gateway(credentials=("relais", "other")) as client:
        answer = await client.get(SEND, params=SMS)
        assert (answer.status_code, answer.text) == (403, "Authorization failed for sendsms")
        assert (await client.get("/messages")).json() == []


async def test_a_request_without_a_number_or_a_text_is_refused() -> None:
    async with _gateway() as client:
        assert (await client.get(SEND, params={"to": "+33639980001"})).status_code == 400
        assert (await client.get(SEND, params={"text": "x"})).status_code == 400


@pytest.mark.parametrize(
    ("rule", "types"),
    [
        ({}, ["8", "1"]),
        ({"report": "failed"}, ["8", "2"]),
        ({"report": "buffered"}, ["8", "4", "1"]),
        ({"report": "rejected"}, ["16"]),
        ({"report_copies": 2}, ["8", "8", "1", "1"]),
        ({"answer_delay_seconds": 0.01}, ["8", "1"]),
    ],
)
async def test_it_reports_each_fate_in_kannels_types(rule: dict[str, Any], types: list[str]) -> None:
    async with _called_back() as (url, reports), _gateway() as client:
        await _script(client, **rule)
        await client.get(SEND, params={**SMS, "dlr-mask": "31", "dlr-url": url})
        received = [await asyncio.wait_for(reports.get(), _WAIT_SECONDS) for _ in types]
        assert [report["type"] for report in received] == types
        assert {report["attempt"] for report in received} == {"7"}
        assert len({report["id"] for report in received}) == 1


async def test_it_reports_only_what_the_sender_asked_for() -> None:
    assert report_types("buffered", 1) == [1]
    assert report_types("delivered", 0) == []
    assert report_types("lost", 31) == []


async def test_only_its_own_codes_in_the_report_url_are_replaced() -> None:
    message = Arrived(
        id="id 1", received_at=system_clock(), to="+33", sender=None, text="", validity_minutes=None,
        state="accepted", status=202, report_url=None, report_mask=31, trace=None,
    )  # fmt: skip
    url = "http://x/?type=%d&id=%F&to=%p&at=%T&percent=%%&kept=%20"
    expected = "http://x/?type=1&id=id%201&to=%2B33&at=5&percent=%&kept=%20"
    assert filled(url, message=message, kind=1, epoch_seconds=5) == expected


async def test_a_rule_is_for_its_numbers_and_its_times() -> None:
    async with _gateway() as client:
        await _script(client, to="+3363998*", times=2, refuse_status=503)
        statuses = [(await client.get(SEND, params=SMS)).status_code for _ in range(3)]
        assert statuses == [503, 503, 202]
        await _script(client, to="+3363998*", refuse_status=400)
        assert (await client.get(SEND, params={**SMS, "to": "+33612345678"})).status_code == 202
        assert (await client.get(SEND, params=SMS)).status_code == 400
        await client.delete("/script")
        assert (await client.get(SEND, params=SMS)).status_code == 202
        assert [message["state"] for message in (await client.get("/messages")).json()] == [
            *("refused", "refused", "accepted", "accepted", "refused", "accepted")
        ]


async def test_a_script_it_does_not_understand_is_refused() -> None:
    async with _gateway() as client:
        assert (await client.put("/script", json={"rules": [{"explode": True}]})).status_code == 422


async def test_what_arrived_and_was_reported_survives_a_restart(tmp_path: Path) -> None:
    journal = tmp_path / "kept" / "sms.jsonl"
    async with _called_back() as (report_url, reports):
        async with _gateway(journal=journal) as client:
            await client.get(SEND, params={**SMS, "dlr-url": report_url, "dlr-mask": "31"})
            for _ in range(2):
                await reports.get()
            before = await _reported(client)
        async with _gateway(journal=journal) as client:
            assert (await client.get("/messages")).json() == [before]
            await client.delete("/messages")
        async with _gateway(journal=journal) as client:
            assert (await client.get("/messages")).json() == []
    assert journal.stat().st_mode & 0o077 == 0


async def _reported(client: httpx.AsyncClient) -> Any:
    """The one message, once both of its reports were answered."""
    while True:
        (message,) = (await client.get("/messages")).json()
        if [report["answered"] for report in message["reports"]] == [200, 200]:
            return message


async def test_it_has_a_page_that_loads_nothing_from_elsewhere() -> None:
    async with _gateway() as client:
        assert (await client.get("/health")).text == "ok"
        page = (await client.get("/")).text
        assert "SMS that arrived" in page
        assert "http:" not in page
        assert "https:" not in page
