"""A simulated hospital's stream, read as the door reads it, gives its own truth: in order, shuffled, twice.

The stream is no part of the repository: without it, the test is skipped.
"""

import json
import os
import random
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import pytest

from services.admission.domain.adt.read import read_adt
from services.admission.domain.adt.reading import AdtStatement
from services.admission.domain.hl7v2.parse import parse
from services.admission.domain.identities.deletion import DeletedStay
from services.admission.domain.movement import StatedMovement
from services.admission.domain.submission import event_payload
from shared.stays.movements import movement_histories
from shared.stays.stays import stays_of
from shared.testing.person_history import PersonHistory, id_of
from tests.unit.admission.domain.adt.messages import sender

_FOLDER: Final = Path(os.environ.get("RELAIS_TEST_STREAM", "../shared/data/hl7v2/simhospital-stream"))

pytestmark = pytest.mark.skipif(not (_FOLDER / "dev.jsonl").exists(), reason="the stream is not here")

Spans = set[tuple[str, str]]
"""Begin and end of each time that a person was there, to the second."""


def _messages() -> list[str]:
    lines = (_FOLDER / "dev.jsonl").read_text().splitlines()
    return [message for line in lines if "|ADT^" in (message := json.loads(line)["hl7"])]


def _statements(messages: list[str]) -> list[AdtStatement]:
    by_dialect = sender(classes={"EMERGENCY": "emergency"}, unsupported="ignored")
    statements: list[AdtStatement] = []
    for message in messages:
        reading = read_adt(parse(message.encode()), by_dialect)
        assert not reading.is_refused, reading.findings
        statements += reading.statements
    return statements


def _record(person: PersonHistory, body: dict[str, Any], deleted: dict[UUID, DeletedStay]) -> None:
    movement = msgspec.convert(body, StatedMovement)
    payload = event_payload(
        movement,
        movement_id=id_of(movement.movement_id),
        stay_id=id_of(movement.stay_id),
        source_id=id_of("simulated"),
    )
    stay = deleted.get(payload.stay_id)
    if stay is not None and stay.covers(payload) and movement.action != "cancel":
        person.record(stay.cancel(payload))
    person.record(payload)


def _deleted(statements: list[AdtStatement]) -> dict[UUID, DeletedStay]:
    stays: dict[UUID, DeletedStay] = {}
    for stated in statements:
        if stated.command == "delete_stay":
            (number,), at = stated.body["stay_ids"], stated.body["emitted_at"]
            found = DeletedStay(id_of(number), at, id_of("simulated"), id_of("whoever"))
            stays[found.stay_id] = max(
                stays.get(found.stay_id, found), found, key=lambda each: each.emitted_at
            )
    return stays


def _spans(statements: list[AdtStatement]) -> dict[str, Spans]:
    persons: dict[str, PersonHistory] = {}
    merged: dict[str, str] = {}
    for stated in statements:
        if stated.command == "merge":
            merged[stated.body["merged"]["value"]] = stated.body["surviving"]["value"]
    deleted = _deleted(statements)
    for stated in statements:
        if stated.command == "movement":
            number = stated.body["person"]["identifiers"][0]["value"]
            number = merged.get(number, number)
            _record(persons.setdefault(number, PersonHistory(number)), stated.body, deleted)
    spans: dict[str, Spans] = defaultdict(set)
    for number, person in persons.items():
        for stay in stays_of(movement_histories(person.events)):
            # No message says when such a visit ended, and the truth does not either.
            says_its_end = stay.ended_by_next_stay is None
            spans[number] |= {
                (_second(span.began_at), _second(span.ended_at) if span.ended_at and says_its_end else "")
                for span in stay.presences.spans
            }
    return {number: found for number, found in spans.items() if found}


def _second(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def _truth() -> tuple[dict[str, set[str]], dict[str, Spans]]:
    """When each person left, and the whole times of those visits of which the generator kept the begin.

    It begins a visit anew that was planned, or that goes on after a cancelled discharge.
    """
    ends: dict[str, set[str]] = {}
    whole: dict[str, Spans] = {}
    for line in (_FOLDER / "dev.truth.jsonl").read_text().splitlines():
        person = json.loads(line)
        for visit in person["encounters"] if person["past_visits"] else []:
            if visit["status"] != "finished":
                continue
            begin, end = (datetime.fromisoformat(visit[name][:19] + "Z") for name in ("start", "end"))
            ends.setdefault(person["mrn"], set()).add(_second(end))
            if begin < end and visit["statusHistory"][0][0] != "planned":
                whole.setdefault(person["mrn"], set()).add((_second(begin), _second(end)))
    return ends, whole


@pytest.fixture(scope="module")
def messages() -> list[str]:
    return _messages()


@pytest.fixture(scope="module")
def spans(messages: list[str]) -> dict[str, Spans]:
    return _spans(_statements(messages))


def test_the_stays_are_those_of_the_truth(spans: dict[str, Spans]) -> None:
    ends, whole = _truth()
    assert len(ends) > 100
    assert len(whole) > 50
    ours = {number: {end for _, end in found if end} for number, found in spans.items()}
    assert {number: found for number, found in ours.items() if found} == ends
    assert [number for number, found in whole.items() if not found <= spans[number]] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_and_any_repetition_give_the_same(
    messages: list[str], spans: dict[str, Spans], seed: int
) -> None:
    shuffled = messages * 2
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - repeatable
    assert _spans(_statements(shuffled)) == spans
