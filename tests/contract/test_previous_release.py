"""The consumers of the release before this one read what is published today: its code, not our copy of it.

During a rolling deploy they meet every type and every field of today. What they know they read and route as
before; what they do not know they pass over (0042): no reason to park it, and nobody takes it. `git` gives
their code: the parent of the commit that wrote down the release's contracts (`released.json`).
"""

import io
import json
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest

from shared.events.admission import FURTHER_EVENTS
from shared.events.registry import TYPES
from shared.spine.records.cloud_events import encode
from shared.spine.records.incoming import Envelope
from tests.contract.test_golden_examples import GOLDEN, type_of
from tests.contract.test_released import RELEASED

ROOT: Final = Path(__file__).parents[2]
READER: Final = Path(__file__).with_name("reading_of_old.py")
NOON: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECONDS: Final = 120


def _git(*arguments: str) -> bytes:
    return subprocess.run(
        ["git", *arguments],  # noqa: S607 - whatever git there is
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=SECONDS,
    ).stdout


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of the release's code."""
    try:
        recorded = _git("log", "-1", "--format=%H", "--", "tests/contract/released.json").decode().strip()
        archive = _git("archive", f"{recorded}^", "shared", "services")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the release's code is not here: no git, or a clone that is too shallow")
    folder = tmp_path_factory.mktemp("release")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tree:
        tree.extractall(folder, filter="data")
    return folder


def _record(number: int, golden: Path) -> dict[str, Any]:
    """A record as today's relay sends it."""
    subject = UUID(int=1)
    envelope = Envelope(
        event_id=UUID(int=100 + number),
        publisher=type_of(golden).split(".")[1],
        subject=subject,
        sequence=number,
        type=type_of(golden),
        occurred_at=NOON,
        recorded_at=NOON,
        trace={"traceparent": f"00-{1:032x}-{1:016x}-01"},
    )
    headers = [(name, value.decode()) for name, value in encode(envelope)]
    return {"key": str(subject), "headers": headers, "value": golden.read_text()}


@pytest.fixture(scope="module")
def readings(release: Path) -> dict[str, dict[str, Any]]:
    """Example -> what the release's consumers make of it."""
    records = [_record(number, golden) for number, golden in enumerate(GOLDEN, 1)]
    done = subprocess.run(
        [sys.executable, "-W", "error", str(READER)],
        input="".join(f"{json.dumps(each)}\n" for each in records),
        env={"PYTHONPATH": str(release)},
        cwd=release,
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {golden.stem: answer for golden, answer in zip(GOLDEN, answers, strict=True)}


def test_it_parks_nothing(readings: dict[str, dict[str, Any]]) -> None:
    assert {name: answer["reason"] for name, answer in readings.items() if answer["reason"]} == {}


def test_what_it_knows_it_reads_as_it_is_said(readings: dict[str, dict[str, Any]]) -> None:
    for golden in GOLDEN:
        answer = readings[golden.stem]
        assert answer["type"] == type_of(golden)
        if answer["type"] in RELEASED:
            assert answer["read"].items() <= json.loads(golden.read_text()).items(), golden.stem


def test_what_it_does_not_know_it_passes_over(readings: dict[str, dict[str, Any]]) -> None:
    passed_over = {answer["type"] for answer in readings.values() if answer["read"] is None}
    assert passed_over >= {TYPES[payload] for payload in FURTHER_EVENTS}
    assert passed_over.isdisjoint(RELEASED)


def test_what_it_knows_it_takes(readings: dict[str, dict[str, Any]]) -> None:
    taken = {answer["type"]: answer["taken_by"] for answer in readings.values()}
    assert taken["relais.admission.patient-admitted.v1"] == ["pathway", "notifications", "indicators"]
    assert "pathway" in taken["relais.admission.movement-reassigned.v1"]
    assert taken["relais.pathway.rupture-opened.v1"] == ["notifications", "indicators"]
    assert taken["relais.notifications.obligation-settled.v1"] == ["indicators"]
