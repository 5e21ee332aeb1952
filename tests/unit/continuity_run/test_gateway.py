"""The gateway journals before it answers, and behaves as each fault demands."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from deploy.local.ports import HOST, free_port
from tests.continuity.gateway.behaviour import Behaviour
from tests.continuity.gateway.server import Gateway
from tests.continuity.journal import Journal
from tests.served import served

ATTEMPT = "4f5c1d0e-0000-4000-8000-000000000001"


class Stage:
    """A gateway, its journal, and the sender that it reports to."""

    def __init__(self, gateway: Gateway, url: str, path: Path, reports: list[str], reports_url: str) -> None:
        self.gateway, self.url, self._path = gateway, url, path
        self.reports, self._reports_url = reports, reports_url

    def entries(self) -> list[dict[str, Any]]:
        """What the journal holds now."""
        return [json.loads(line) for line in self._path.read_text().splitlines()]

    async def send(self, client: httpx.AsyncClient) -> httpx.Response:
        """One SMS."""
        report = f"{self._reports_url}?attempt={ATTEMPT}&type=%d&provider_id=%F&answer=%A"
        given = {"to": "+33639980001", "text": "Bonjour", "dlr-url": report}
        return await client.get(self.url, params=given)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A running gateway, its journal and the sender."""
    reports: list[str] = []

    def keep(request: Request) -> PlainTextResponse:
        reports.append(f"{request.query_params['attempt']} {request.query_params['type']}")
        return PlainTextResponse("kept")

    port = free_port()
    journal = Journal(tmp_path / "gateway.jsonl")
    gateway = Gateway(journal, port=port, seed=1)
    async with served(Starlette(routes=[Route("/report", keep)])) as address, gateway.running():
        url = f"http://{HOST}:{port}/cgi-bin/sendsms"
        yield Stage(gateway, url, tmp_path / "gateway.jsonl", reports, f"{address}/report")
    await journal.close()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Receives the delivery reports."""
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        yield client


async def test_an_accepted_message_is_in_the_journal_when_its_sender_is_answered(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    assert (await stage.send(client)).status_code == 202
    entry = stage.entries()[0]
    assert (entry["to"], entry["text"], entry["attempt"]) == ("+33639980001", "Bonjour", ATTEMPT)
    assert entry["answered"] == "accepted"
    assert entry["provider_id"] == entry["request_id"]


async def test_it_reports_that_the_network_took_it_and_that_it_was_delivered(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await stage.send(client)
    await stage.gateway.idle()
    assert stage.reports == [f"{ATTEMPT} 8", f"{ATTEMPT} 1"]


async def test_repeated_reports_come_twice_and_lost_ones_never(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    stage.gateway.behaviours.current = Behaviour(reporting="repeated")
    await stage.send(client)
    await stage.gateway.idle()
    assert len(stage.reports) == 4
    stage.gateway.behaviours.current = Behaviour(reporting="lost")
    await stage.send(client)
    await stage.gateway.idle()
    assert len(stage.reports) == 4
    assert [entry for entry in stage.entries() if isinstance(entry.get("report"), dict)][-1]["report"] == {
        "attempt": ATTEMPT,
        "type": 1,
        "sent": False,
    }


async def test_the_moment_of_its_answer_is_in_the_journal_if_there_was_one(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await stage.send(client)
    stage.gateway.behaviours.current = Behaviour(answer="cut")
    with pytest.raises(httpx.TransportError):
        await stage.send(client)
    await stage.gateway.idle()
    asked = [entry["request_id"] for entry in stage.entries() if "to" in entry]
    assert [entry["replied"] for entry in stage.entries() if "replied" in entry] == asked[:1]
    assert stage.gateway.behaviours.affected == 1


@pytest.mark.parametrize(("answer", "status"), [("refused", 503), ("busy", 429)])
async def test_what_is_refused_is_not_taken(
    stage: Stage, client: httpx.AsyncClient, answer: Any, status: int
) -> None:
    stage.gateway.behaviours.current = Behaviour(answer=answer, status=status)
    assert (await stage.send(client)).status_code == status
    assert stage.entries()[0]["provider_id"] is None


async def test_a_cut_connection_hides_that_the_message_was_taken(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    stage.gateway.behaviours.current = Behaviour(answer="cut")
    with pytest.raises(httpx.TransportError):
        await stage.send(client)
    await stage.gateway.idle()
    assert stage.entries()[0]["answered"] == "cut"
    assert stage.reports


async def test_a_caller_that_hears_nothing_gives_up(stage: Stage) -> None:
    stage.gateway.behaviours.current = Behaviour(answer="timeout")
    async with httpx.AsyncClient(timeout=0.2, trust_env=False) as hasty:
        with pytest.raises(httpx.ReadTimeout):
            await stage.send(hasty)
    assert stage.entries()[0]["answered"] == "timeout"
