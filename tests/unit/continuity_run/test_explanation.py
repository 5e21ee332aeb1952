"""A run that fails says last, and briefly, what does not add up."""

import json
from pathlib import Path

import pytest

from tests.continuity.explanation import VIOLATIONS, explanation_of

FAULTS = (
    {
        "at": "2026-11-24T10:00:05+00:00",
        "fault": 1,
        "kind": "broker.kill",
        "target": "kafka",
        "phase": "began",
    },
    {
        "at": "2026-11-24T10:00:09+00:00",
        "fault": 1,
        "kind": "broker.kill",
        "target": "kafka",
        "phase": "ended",
    },
)


def violated(*violations: str) -> dict[str, object]:
    return {"invariant": "I8 repeats", "violations": violations, "lost": ["e-1"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run.json").write_text(json.dumps({"complaints": ["not settled"], "deaths": {}}))
    (tmp_path / "faults.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in FAULTS))
    return tmp_path


def test_the_violations_come_last_with_their_invariant(folder: Path) -> None:
    (folder / "verdict.json").write_text(json.dumps({"findings": [violated("sent twice")]}))

    assert explanation_of(folder).splitlines() == [
        "Faults",
        "  10:00:05-10:00:09 broker.kill of kafka",
        "What does not add up",
        "  not settled",
        "  I8 repeats: sent twice",
        "  I8 repeats: lost e-1",
    ]


def test_of_many_violations_the_first_are_said_and_the_rest_is_counted(folder: Path) -> None:
    (folder / "verdict.json").write_text(json.dumps({"findings": [violated(*["sent twice"] * 100)]}))

    assert explanation_of(folder).splitlines()[-1] == f"  and {102 - VIOLATIONS} more"


def test_a_run_that_was_not_judged_says_what_did_not_recover(folder: Path) -> None:
    assert explanation_of(folder).splitlines()[-1] == "  not settled"


def test_a_process_that_ended_by_itself_is_named_with_its_last_words(folder: Path) -> None:
    deaths = [{"code": code, "at": "2026-11-24T10:00:07+00:00"} for code in (-9, 3)]
    (folder / "run.json").write_text(json.dumps({"complaints": [], "deaths": {"pathway-worker-1": deaths}}))
    (folder / "logs").mkdir()
    (folder / "logs" / "pathway-worker-1.log").write_text("one\ntwo\n")

    assert [line for line in explanation_of(folder).splitlines() if "ended" in line] == [
        "  10:00:07          pathway-worker-1 ended, code 3: two"
    ]
