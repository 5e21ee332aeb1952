"""`relais directory load` sends a file in parts and names each line that was refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.operator import directory
from tests.unit.operator.stand_in import stand_in

runner = CliRunner()
HEADER = b"finess;etalab;111;2026-05-12\n"


@pytest.fixture(autouse=True)
def _no_stack_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(tmp_path / "state"))


def load(
    answer: Callable[[str, bytes], tuple[int, Any]], *arguments: str, sent: bytes | None = None
) -> tuple[Any, list[tuple[str, bytes]]]:
    parts: list[tuple[str, bytes]] = []

    def take(_method: str, path: str, body: bytes) -> tuple[int, Any]:
        parts.append((path, body))
        return answer(path, body)

    with stand_in(take) as service:
        environment = {"RELAIS_ADMISSION_URL": service.url, "RELAIS_OPERATOR_KEY": "operators"}
        done = runner.invoke(app, ["directory", "load", *arguments], env=environment, input=sent)
    return done, parts


def took(_path: str, body: bytes) -> tuple[int, Any]:
    lines = body.count(b"\n") - 1
    return 200, {"kind": "finess", "lines": lines, "stated": lines, "changed": 1, "refused": []}


def test_a_file_goes_in_parts_that_each_begin_with_its_first_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "PART_BYTES", len(HEADER) + 4)
    file = tmp_path / "extract.csv"
    file.write_bytes(HEADER + b"1\n2\n3\n4\n5")
    done, parts = load(took, str(file))
    assert parts == [
        ("/v1/directory/extracts?first_line=2", HEADER + b"1\n2\n"),
        ("/v1/directory/extracts?first_line=4", HEADER + b"3\n4\n"),
        ("/v1/directory/extracts?first_line=6", HEADER + b"5"),
    ]
    assert done.exit_code == 0
    assert "3 entries changed" in done.stdout


def test_refused_lines_are_named_and_are_an_exit_code(tmp_path: Path) -> None:
    def refuse(path: str, body: bytes) -> tuple[int, Any]:
        status, loaded = took(path, body)
        return status, loaded | {"refused": [{"line": 7, "reason": "a wrong key"}]}

    done, _ = load(refuse, "-", sent=HEADER + b"1\n")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (1, "line 7: a wrong key")
    done, _ = load(refuse, "-", "--json", sent=HEADER + b"1\n")
    assert json.loads(done.stdout)["refused"] == [{"line": 7, "reason": "a wrong key"}]


def test_something_else_than_an_extract_is_one_sentence(tmp_path: Path) -> None:
    problem = {"title": "The extract is unknown", "errors": [{"pointer": "", "detail": "no extract"}]}
    done, _ = load(lambda *_: (422, problem), "-", sent=b"<html>")
    assert (done.exit_code, "The extract is unknown" in done.stderr) == (1, True)
    done, _ = load(took, str(tmp_path / "nowhere"))
    assert (done.exit_code, "cannot be read" in done.stderr) == (1, True)
