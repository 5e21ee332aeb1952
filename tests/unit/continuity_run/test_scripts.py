"""What establishments state one after the other is understood, and journaled with what it means."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import pytest

from services.admission.domain.identities import statement as stated
from tests.continuity.journal import Journal
from tests.continuity.load import stating
from tests.continuity.load.client import Clients, JsonDoor
from tests.continuity.load.offers import ESTABLISHMENTS, Offer
from tests.continuity.load.plan import load_of
from tests.continuity.load.scripts import Script, Statement
from tests.continuity.load.stating import Stating
from tests.continuity.load.traffic import Traffic

BASE = datetime(2026, 11, 24, 10, tzinfo=UTC)
ACCEPTED_AT = "2026-11-24T10:00:07Z"
TYPES: Final[dict[str, type[stated.Statement]]] = {
    "move": stated.MoveStatement,
    "change-number": stated.NumberChange,
    "delete-number": stated.NumberDeletion,
    "traits": stated.TraitsStatement,
}


@pytest.fixture(scope="module")
def scripts() -> list[Script]:
    return list(load_of(3, n=2000, run="3", base=BASE).scripts)


def statements_of(scripts: list[Script]) -> list[Statement]:
    return [step for script in scripts for step in script.steps if isinstance(step, Statement)]


def test_intake_understands_every_statement(scripts: list[Script]) -> None:
    for each in statements_of(scripts):
        known = msgspec.json.decode(json.dumps(each.body), type=TYPES[each.path])
        assert list(stated.mistakes(known, accepts_test_numbers=True)) == []
    assert {each.path for each in statements_of(scripts)} == TYPES.keys()
    assert sum(each.mark is not None for each in statements_of(scripts)) > 2
    assert sum("stay_ids" in each.body for each in statements_of(scripts)) > 2


def test_a_number_that_ended_is_somebody_elses_in_what_is_emitted_afterwards(scripts: list[Script]) -> None:
    for script in scripts:
        ended = [
            (step.body["emitted_at"], step.body.get("former", step.body.get("number")))
            for step in script.steps
            if isinstance(step, Statement) and step.path in {"change-number", "delete-number"}
        ]
        for ended_at, number in ended:
            named = [
                (step.person, str(step.body["emitted_at"]) < ended_at)
                for step in script.steps
                if isinstance(step, Offer) and number in step.body["person"]["identifiers"]
            ]
            before, after = (
                {person for person, is_before in named if is_before == when} for when in (True, False)
            )
            assert before
            assert after
            assert not before & after


@pytest.fixture
def carry_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Carries out a script at a platform that answers every statement with these marks."""
    monkeypatch.setattr(stating, "PAUSE_SECONDS", 0.0)

    async def carried_out(script: Script, *, marks: list[str]) -> tuple[list[str], list[dict[str, Any]]]:
        def answer(request: httpx.Request) -> httpx.Response:
            receipt = {"receipt_id": "r", "event_id": "e", "person_id": "p", "content_sha256": "s"}
            return httpx.Response(202, json={**receipt, "marks": marks, "accepted_at": ACCEPTED_AT})

        journals = [Journal(tmp_path / f"{name}.jsonl") for name in ("clients", "decisions")]
        keys = dict.fromkeys(ESTABLISHMENTS, "key")
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            traffic = Traffic(Clients(journals[0], JsonDoor(http, addresses=["http://a"], keys=keys)))
            states = Stating(http, traffic, journals[1], addresses=["http://a"], keys=keys)
            await states.state_all([script], within_seconds=0)
        for journal in journals:
            await journal.close()
        written = await asyncio.to_thread((tmp_path / "decisions.jsonl").read_text)
        return traffic.unexpected, [json.loads(line) for line in written.splitlines()]

    return carried_out


async def test_what_is_moved_is_journaled_with_when_it_was_accepted(
    scripts: list[Script], carry_out: Callable[..., Any]
) -> None:
    script = next(each for each in scripts if any(step.says for step in statements_of([each])))
    wanted = [step.says for step in statements_of([script]) if step.says]

    _, written = await carry_out(script, marks=[])

    assert [{name: line[name] for name in says} for line, says in zip(written, wanted, strict=True)] == wanted
    assert {line["accepted_at"] for line in written} == {ACCEPTED_AT}


async def test_a_receipt_that_does_not_say_that_nothing_was_moved_is_unexpected(
    scripts: list[Script], carry_out: Callable[..., Any]
) -> None:
    early = next(each for each in scripts if any(step.mark for step in statements_of([each])))

    unexpected, _ = await carry_out(early, marks=["nothing_changed"])

    assert [each.endswith("not not_stated_yet") for each in unexpected] == [True]
