"""The simulated client repeats until it is answered and journals every step."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.continuity.journal import Journal
from tests.continuity.load.client import Clients, JsonDoor, UnexpectedAnswer
from tests.continuity.load.offers import ESTABLISHMENTS, Offer
from tests.continuity.load.plan import load_of

RECEIPT = {"receipt_id": "r", "event_id": "e", "person_id": "p", "sequence": 1, "content_sha256": "c"}


class Intake:
    """Answers each request with the next scripted answer and keeps the requests."""

    def __init__(self, *answers: httpx.Response | httpx.TransportError) -> None:
        self._answers = list(answers)
        self.bodies: list[bytes] = []
        self.addresses: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(request.content)
        self.addresses.add(request.url.host)
        answer = self._answers.pop(0)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer


@pytest.fixture
def offer() -> Offer:
    """An offer to send."""
    return load_of(1, n=10, run="1", base=datetime(2026, 11, 24, tzinfo=UTC)).then[0]


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    """The clients' journal."""
    journal = Journal(tmp_path / "clients.jsonl")
    yield journal
    await journal.close()


def _clients(intake: Intake, journal: Journal) -> Clients:
    http = httpx.AsyncClient(transport=httpx.MockTransport(intake))
    keys = dict.fromkeys(ESTABLISHMENTS, "key")
    return Clients(journal, JsonDoor(http, addresses=["http://one", "http://two"], keys=keys))


def _entries(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "clients.jsonl").read_text().splitlines()]


async def test_it_sends_the_same_bytes_through_another_door_until_it_is_answered(
    journal: Journal, offer: Offer, tmp_path: Path
) -> None:
    intake = Intake(httpx.ReadTimeout("gone"), httpx.Response(503), httpx.Response(202, json=RECEIPT))
    answer = await _clients(intake, journal).send(offer)
    assert answer["http_status"] == 202
    assert len(set(intake.bodies)) == 1
    assert intake.addresses == {"one", "two"}
    steps = [(entry["what"], entry.get("status")) for entry in _entries(tmp_path)]
    assert steps == [
        ("send", None),
        ("unknown", None),
        ("send", None),
        ("answer", 503),
        ("send", None),
        ("answer", 202),
    ]


async def test_a_contradiction_is_an_answer(journal: Journal, offer: Offer, tmp_path: Path) -> None:
    intake = Intake(httpx.Response(409, json={"title": "Something else was stored"}))
    assert (await _clients(intake, journal).send(offer.contradicted()))["http_status"] == 409
    assert _entries(tmp_path)[-1]["body_sha256"] == offer.contradicted().digest()


async def test_a_refusal_of_what_is_right_is_a_surprise(journal: Journal, offer: Offer) -> None:
    with pytest.raises(UnexpectedAnswer):
        await _clients(Intake(httpx.Response(422, text="no")), journal).send(offer)


async def test_the_journal_names_nobody(journal: Journal, offer: Offer, tmp_path: Path) -> None:
    await _clients(Intake(httpx.Response(202, json=RECEIPT)), journal).send(offer)
    assert "ZZCONTINUITY" not in (tmp_path / "clients.jsonl").read_text()
