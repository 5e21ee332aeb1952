"""Each message is answered as HL7 says, with everything that is wrong with it and where."""

import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from opentelemetry.trace import INVALID_SPAN_CONTEXT

from services.admission.api.hl7v2.door import Acknowledged, take_message
from services.admission.domain.directory.affiliation import Affiliation
from services.admission.domain.hl7v2.batch import messages_of
from services.admission.domain.identifiers import by_spelling
from services.admission.domain.receipt import Accepted, Receipt
from services.admission.domain.submission import Submission
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import Flushed, GroupCommit, NotCommitted
from shared.runtime.clock import system_clock
from shared.security.principal import Principal
from tests.integration.admission.hl7v2.door import adt, codes
from tests.unit.admission.bodies import HOSPITAL
from tests.unit.admission.dependencies import dependencies

SOURCE: Final = Principal(source_id=UUID(int=1), establishment=HOSPITAL, scopes=frozenset({"intake"}))
DATA: Final = Path(os.environ.get("RELAIS_TEST_HL7V2", "../shared/data/hl7v2"))


async def accept(_dependencies: Dependencies, batch: Sequence[Submission]) -> list[Flushed]:
    return [Flushed(Accepted(_receipt(submission)), INVALID_SPAN_CONTEXT) for submission in batch]


async def _refuse(_dependencies: Dependencies, _batch: Sequence[Submission]) -> list[Flushed]:
    raise NotCommitted


def _receipt(submission: Submission) -> Receipt:
    return Receipt(
        receipt_id=submission.receipt_id,
        event_id=submission.event_id,
        person_id=UUID(int=2),
        source_event_id=submission.source_event_id,
        accepted_at=system_clock(),
        content_sha256=submission.content_sha256.hex(),
        marks=submission.marks,
    )


@asynccontextmanager
async def opened_door(*, is_up: bool = True) -> AsyncIterator[Dependencies]:
    commits: GroupCommit[Dependencies, Submission, Flushed] = GroupCommit(accept if is_up else _refuse)
    hospital = Affiliation(HOSPITAL, units=by_spelling(["CARDIO", "6268", "3401"]))
    opened = dependencies(request_commits=commits, affiliations={HOSPITAL: hospital})
    async with commits.running(opened):
        yield opened


async def _answer(raw: bytes, *, is_up: bool = True) -> Acknowledged:
    async with opened_door(is_up=is_up) as opened:
        return await take_message(opened, raw, source=SOURCE)


def _errors(raw: bytes) -> list[str]:
    fields = [line.split("|") for line in raw.decode().split("\r") if line.startswith("ERR|")]
    return [f"{each[2]} {each[3].split('^')[0]} {each[4]}" for each in fields]


@pytest.mark.parametrize(
    ("raw", "code", "wrong"),
    [
        (adt(), "AA", []),
        (adt("A60"), "AA", []),
        (adt().replace(b"CARDIO", b"C" * 100), "AA", ["PV1^1^3^1 102 W"]),
        (adt().replace(b"CARDIO", b"CHIR"), "AA", ["PV1^1^3^1 103 W"]),
        (adt().replace(b"6268", b"6269"), "AA", ["PV1^1^3^1 103 W"]),
        (adt(number="9" * 130), "AE", ["ZBE^1^1^1 102 E"]),
        (adt(control_id=""), "AE", ["MSH^1^10^1 101 E"]),
        (
            adt(action="REPLACE").replace(b"000003^^^CHU-X&1.2.3.4&ISO^PI", b"").replace(b"V7^^^", b"^^^"),
            "AE",
            ["PID^1^3^1 101 E", "PV1^1^19^1 101 E", "ZBE^1^4^1 103 E"],
        ),
        (adt().replace(b"ADT^A01", b"ORU^R01"), "AR", ["MSH^1^9^1^1 200 E"]),
        (adt("A60").replace(b"^FRA^2.11", b""), "AR", ["MSH^1^9^1^2 201 E"]),
        (adt().replace(b"|2.5^FRA", b"|3.1^FRA"), "AR", ["MSH^1^12^1 203 E"]),
        (adt().replace(b"UTF-8", b"KLINGON"), "AR", ["MSH^1^18^1 207 E"]),
        (adt().replace(b"MARTIN", b"B\xc9NARD"), "AR", ["MSH^1^18^1 207 E"]),
        (b"PID|1", "AR", ["MSH^1 207 E"]),
        (b"", "AR", ["MSH^1 207 E"]),
        (adt() + b"A" * 300_000, "AR", [" 207 E"]),
    ],
)
async def test_a_message_is_answered_with_all_that_is_wrong(raw: bytes, code: str, wrong: list[str]) -> None:
    answer = await _answer(raw)
    assert (codes(answer.raw), _errors(answer.raw)) == ([code], wrong)


async def test_the_answer_names_its_message_and_changes_the_ends() -> None:
    msh, msa, *_ = (await _answer(adt())).raw.decode().split("\r")
    assert msh.split("|")[1:6] == ["^~\\&", "RELAIS", "R", "HIS", "CHU"]
    assert (msh.split("|")[8], msh.split("|")[11:]) == (
        "ACK^A01^ACK",
        ["2.5^FRA^2.11", *[""] * 5, "UNICODE UTF-8"],
    )
    assert msa == "MSA|AA|42"


async def test_what_is_wrong_is_said_in_french_and_in_english() -> None:
    answer = await _answer(adt(control_id=""))
    assert "|MSH-10 absent. / MSH-10 is missing." in answer.raw.decode()


async def test_before_2_5_errors_are_said_in_the_older_form() -> None:
    raw = adt(control_id="").replace(b"2.5^FRA^2.11", b"2.3")
    lines = (await _answer(raw)).raw.decode().split("\r")
    assert lines[1:3] == [
        "MSA|AE||MSH-10 absent. / MSH-10 is missing.",
        "ERR|MSH^1^10^101&Required field missing",
    ]


async def test_what_could_not_be_stored_is_to_be_sent_again() -> None:
    answer = await _answer(adt(), is_up=False)
    assert (codes(answer.raw), _errors(answer.raw)) == (["AR"], [" 207 E"])


@pytest.mark.parametrize(
    ("modes", "code", "is_wanted"),
    [
        ("|", "AA", True),
        ("|AL", "AA", True),
        ("NE|AL", "AA", True),
        ("NE|NE", "AA", False),
        ("AL|NE", "CA", True),
        ("AL|AL", "CA", True),
        ("ER|NE", "CA", False),
        ("|ER", "AA", False),
    ],
)
async def test_the_sender_chooses_the_mode(modes: str, code: str, is_wanted: bool) -> None:
    answer = await _answer(adt().replace(b"|||||FRA|", f"|||{modes}|FRA|".encode()))
    assert (codes(answer.raw), answer.is_wanted) == ([code], is_wanted)


async def test_delimiters_of_the_sender_are_those_of_the_answer() -> None:
    raw = adt(control_id="").translate(bytes.maketrans(b"|^~\\&", b"#@*!%"))
    lines = (await _answer(raw)).raw.decode().split("\r")
    assert lines[2].startswith("ERR##MSH@1@10@1#101@Required field missing@HL70357#E#")


def messages_of_the_sets() -> list[tuple[str, bytes]]:
    """Category and bytes of every message of the sets."""
    files = sorted(DATA.glob("*/*/*"))
    return [
        (f"{file.parent.name}", message)
        for file in files
        if file.is_file()
        for message in messages_of(file.read_bytes())
    ]


WITH_THE_SETS = [
    pytest.mark.skipif(not DATA.exists(), reason="the messages are not here"),
    pytest.mark.usefixtures("identities_are_taken"),
]


class TestTheSets:
    """Messages of other projects, as they are and mutated."""

    pytestmark = WITH_THE_SETS

    async def test_every_message_is_answered(self) -> None:
        answered: Counter[tuple[str, str]] = Counter()
        async with opened_door() as opened:
            for category, message in messages_of_the_sets():
                answer = await take_message(opened, message, source=SOURCE)
                assert answer.raw.startswith(b"MSH")
                answered[category, answer.answer.verdict] += 1
        assert answered["other", "A"] == answered["ack", "A"] == answered["broken", "A"] == 0
        assert answered["adt", "A"] > 70
