"""The command `relais-client` puts, says what is queued, and what became of it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from relais_client import Queue, Settled
from relais_client.command import main

from tests.unit.client.test_queue import statement


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RELAIS_QUEUE", str(tmp_path / "queue.db"))
    return tmp_path / "queue.db"


def put(monkeypatch: pytest.MonkeyPatch, *lines: Any) -> int:
    given = io.TextIOWrapper(io.BytesIO("\n".join(json.dumps(line) for line in lines).encode()))
    monkeypatch.setattr("sys.stdin", given)
    return main(["put"])


def test_lines_are_put_and_counted(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert put(monkeypatch, statement("1", "a"), statement("2", "a")) == 0
    assert main(["status"]) == 0
    assert capsys.readouterr().out == "2 queued, 0 accepted, 0 refused\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"kind": "admission"}, "line 2: a statement is a JSON object with a source_event_id"),
        ([], "line 2: a statement is a JSON object"),
        (statement("1", "b"), "line 2: something else was put under the id 1"),
    ],
)
def test_a_line_that_cannot_be_kept_is_said(
    line: Any, said: str, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert put(monkeypatch, statement("1", "a"), line) == 2
    assert said in capsys.readouterr().err


def test_what_was_answered_is_shown_and_what_was_refused_can_be_dropped(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Queue(file) as queue:
        queue.put(statement("1", "a"))
        assert main(["answer", "1"]) == 2
        queue.settle(Settled(event_id="1", state="refused", status=422, answer=b'{"title": "no"}'), now=1.0)
    assert main(["refused"]) == main(["answer", "1"]) == 0
    assert capsys.readouterr().out == '1: refused (422)\n{"title": "no"}\n' * 2
    assert (main(["refused", "--drop", "1"]), main(["refused", "--drop", "1"])) == (0, 2)


def test_sending_needs_to_know_where_and_with_which_key(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RELAIS_URL", raising=False)
    assert main(["send"]) == 2
    assert "--url" in capsys.readouterr().err
