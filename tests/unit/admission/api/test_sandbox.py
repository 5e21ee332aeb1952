"""The sandbox says what the doors would do, by their own reading, and stores nothing."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import msgspec
import pytest

from services.admission.api import DEPENDENCIES
from services.admission.api.hl7v2.door import take_message
from services.admission.api.sandbox.messages import try_message
from services.admission.domain.submission import Submission
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import Flushed, GroupCommit
from services.admission.wiring import SERVICE
from shared.security.authentication import AUTHENTICATOR
from shared.security.principal import Principal
from shared.spine.service.api import create_api
from tests.integration.admission.hl7v2.door import adt
from tests.unit.admission.api.test_hl7v2_door import DATA, SOURCE, accept, messages_of_the_sets
from tests.unit.admission.bodies import AUTHORITY, CLINIC, NAME, encoded, identifier, movement
from tests.unit.admission.dependencies import NoDatabase, dependencies

INS: Final = identifier("255069512312345", "1.2.250.1.213.1.4.8")

TO_CLINIC: Final = {"mode": "transfer", "establishment": CLINIC}


class OnlyRead(NoDatabase):
    """Fails the test when anything is written."""

    async def execute(self, query: str, *_arguments: object) -> str:
        raise AssertionError(query)

    @asynccontextmanager
    async def acquire(self, **_given: object) -> AsyncIterator[NoDatabase]:
        raise AssertionError
        yield self


class Everybody:
    """Recognises every key as that of the hospital."""

    async def authenticate(self, authorization_header: str | None) -> Principal | None:
        return SOURCE if authorization_header else None


async def tried(
    content: object, type_: str = "application/json", *, command: str = "movement"
) -> dict[str, Any]:
    """The answer of the sandbox, over a database to which nothing can be written."""
    answer = await post(content, type_, command=command)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def post(content: object, type_: str, *, command: str = "movement") -> httpx.Response:
    app = create_api(SERVICE)
    AUTHENTICATOR.set(app, Everybody())
    DEPENDENCIES.set(app, dependencies(pool=OnlyRead()))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://admission") as client:
        return await client.post(
            "/v1/sandbox",
            content=content if isinstance(content, bytes) else encoded(content),
            headers={"authorization": "Bearer x", "content-type": type_},
            params={"command": command},
        )


def places(part: dict[str, Any]) -> list[str]:
    return [problem["place"] for problem in part.get("problems", [])]


def lacks(part: dict[str, Any]) -> dict[str, str]:
    [stated] = part["statements"]
    return {lack["code"]: lack["place"] for lack in stated.get("lacks", [])}


async def test_a_movement_shows_the_event_that_it_would_become() -> None:
    answer = await tried(movement(unit="CARDIO"))
    [part] = answer["tried"]
    assert (answer["format"], part["verdict"], part["answer"]) == ("json", "taken", "202")
    [stated] = part["statements"]
    [event] = stated["events"]
    assert event["type"] == "relais.admission.patient-admitted.v1"
    assert event["data"]["kind"] == "admission"
    assert event["data"]["unit"].startswith("unregistered:"), "as it would travel"
    assert stated["marks"] == ["unit_unknown"]
    assert NAME not in msgspec.json.encode(answer).decode()


async def test_each_problem_of_a_movement_has_its_pointer_and_both_languages() -> None:
    body = movement(identifier(" "), kind="admision", unit="x" * 100)
    [part] = (await tried(body))["tried"]
    assert (part["verdict"], part["answer"]) == ("refused", "422")
    assert set(places(part)) == {"/kind", "/person/identifiers/0/value", "/unit"}
    assert all(problem["french"] and problem["english"] for problem in part["problems"])


async def test_a_detail_that_cannot_be_read_is_said_and_refuses_nothing() -> None:
    [part] = (await tried(movement(unit="x" * 100)))["tried"]
    assert (part["verdict"], places(part)) == ("taken", ["/unit"])
    assert part["problems"][0]["is_warning"] is True


async def test_lines_are_tried_one_by_one_and_not_without_end() -> None:
    good, bad = encoded(movement()), b'{"source_event_id": "1"}'
    answer = await tried(b"\n".join([good, b"", bad]), "application/x-ndjson")
    assert [(part["number"], part["verdict"]) for part in answer["tried"]] == [(1, "taken"), (3, "refused")]
    answer = await tried(b"\n".join([b"{}"] * 120), "application/x-ndjson")
    assert (len(answer["tried"]), answer["left_unread"]) == (100, 20)
    assert (await post(b"\n".join([b"{}"] * 501), "application/x-ndjson")).status_code == 413


async def test_a_statement_about_identities_is_checked_as_its_door_checks_it() -> None:
    number = identifier("1")
    stated = {"source_event_id": "1", "establishment": "750000002", "emitted_at": "2026-03-01T10:00:00Z"}
    [part] = (await tried({**stated, "surviving": number, "merged": number}, command="merge"))["tried"]
    assert (part["verdict"], places(part)) == ("refused", ["/surviving"])
    merge = {**stated, "surviving": number, "merged": identifier("2")}
    [part] = (await tried(merge, command="merge"))["tried"]
    assert (part["verdict"], part["statements"]) == ("taken", [{"states": "merge"}])
    [part] = (await tried(merge | {"establishment": CLINIC}, command="merge"))["tried"]
    assert part["answer"] == "403"
    assert (await post(merge, "application/json", command="join")).status_code == 422


async def test_problems_of_hl7_have_their_places() -> None:
    raw = adt(action="REPLACE").replace(b"V7^^^", b"^^^")
    answer = await tried(raw, "x-application/hl7-v2+er7")
    [part] = answer["tried"]
    assert (answer["format"], part["verdict"], part["answer"]) == ("hl7v2", "refused", "AE")
    assert places(part) == ["PV1-19", "ZBE-4"]
    [part] = (await tried(b"nonsense", "text/plain"))["tried"]
    assert (part["answer"], places(part)) == ("AR", ["MSH"])


async def test_a_batch_of_hl7_is_tried_message_by_message() -> None:
    batch = b"BHS|^~\\&|\r" + b"\r".join([adt(), adt("A60"), adt(control_id="")]) + b"\rBTS|3"
    answer = await tried(batch, "x-application/hl7-v2+er7")
    assert [(part["verdict"], part["answer"]) for part in answer["tried"]] == [
        ("taken", "AA"),
        ("ignored", "AA"),
        ("refused", "AE"),
    ]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"kind": "discharge", "origin": None}, {"no_destination"}),
        ({"kind": "transfer", "origin": None}, {"within_establishment"}),
        ({"kind": "discharge", "origin": None, "destination": {"mode": "home"}}, set()),
        ({"kind": "discharge", "origin": None, "destination": {"mode": "death"}}, {"death"}),
        (
            {"kind": "discharge", "origin": None, "destination": {"mode": "transfer"}},
            {"destination_unnamed"},
        ),
        (
            {"kind": "discharge", "origin": None, "destination": {"mode": "home", "establishment": CLINIC}},
            {"destination_by_home"},
        ),
        (
            {
                "kind": "transfer",
                "origin": None,
                "destination": TO_CLINIC,
            },
            {"destination_not_listed", "no_deadline", "ins_not_qualified"},
        ),
        ({"class_of_stay": "outpatient"}, {"no_bed"}),
        ({"origin": TO_CLINIC}, {"ins_not_qualified"}),
        ({"kind": "leave", "origin": None}, {"no_return_time"}),
        ({"occurred_at": "2126-03-01T10:00:00Z"}, {"plan"}),
        ({"action": "cancel", "kind": "discharge", "origin": None}, set()),
    ],
)
async def test_what_a_movement_lacks_to_be_watched_or_told_is_said(
    other: dict[str, Any], expected: set[str]
) -> None:
    [part] = (await tried(movement(identifier("1001", "IPP"), **other)))["tried"]
    assert set(lacks(part)) == expected


async def test_a_departure_that_lacks_nothing_but_the_directory_says_only_that() -> None:
    person = movement(INS)["person"] | {"identity_status": "qualified"}
    destination = {"mode": "transfer", "establishment": CLINIC, "expected_at": "2026-03-01T15:00:00+01:00"}
    body = movement(kind="transfer", origin=None, destination=destination, person=person)
    [part] = (await tried(body))["tried"]
    assert set(lacks(part)) == {"destination_not_listed"}
    del person["traits"]["birth_date"]
    [part] = (await tried(body))["tried"]
    assert set(lacks(part)) == {"destination_not_listed", "traits_incomplete"}


async def test_what_hl7_lacks_has_its_place_in_the_message() -> None:
    raw = adt("A03").replace(AUTHORITY.encode(), b"1.2.3.4")
    [part] = (await tried(raw, "x-application/hl7-v2+er7"))["tried"]
    assert lacks(part) == {"no_destination": "PV1-36"}


@pytest.mark.skipif(not DATA.exists(), reason="the messages are not here")
async def test_the_sandbox_says_of_every_message_what_the_door_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async def take(*_: object, **_given: object) -> None:
        return None

    monkeypatch.setattr("services.admission.api.hl7v2.stating.state_identities", take)
    committed: list[Any] = []

    async def note(opened: Dependencies, batch: Sequence[Submission]) -> list[Flushed]:
        committed.extend(submission.data for submission in batch)
        return await accept(opened, batch)

    commits: GroupCommit[Dependencies, Submission, Flushed] = GroupCommit(note)
    opened = dependencies(request_commits=commits)
    async with commits.running(opened):
        for _, raw in messages_of_the_sets():
            committed.clear()
            taken = await take_message(opened, raw, source=SOURCE)
            said = await try_message(opened, 1, raw, charset=None, source=SOURCE)
            assert said.answer == f"A{taken.answer.verdict}"
            if taken.answer.verdict == "A":
                events = [event.data for stated in said.statements for event in stated.events]
                assert _as_sent(events) == _as_sent([msgspec.to_builtins(data) for data in committed])


def _as_sent(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the moment at which a message without any came, which is now."""
    return [{name: value for name, value in event.items() if "_at" not in name} for event in events]
