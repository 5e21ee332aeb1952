"""A command in a message can be pasted, whether or not PATH leads to it."""

import shlex
from pathlib import Path

import pytest

from deploy.local.spelling import as_typed

SENTENCE = "see `relais status` and `relais logs kafka`"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command of a clone in which somebody works."""
    program = tmp_path / ".venv" / "bin" / "relais"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    return program


def test_with_its_path_where_no_path_leads_to_it(program: Path) -> None:
    expected = "see `.venv/bin/relais status` and `.venv/bin/relais logs kafka`"
    assert as_typed(SENTENCE, program=program) == expected


def test_by_its_name_where_it_is_found(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(program.parent))
    assert as_typed(SENTENCE, program=program) == SENTENCE


@pytest.mark.parametrize("folder", ["Mes projets", "Été à l'hôpital", "relais (2)"])
def test_as_one_word_of_the_shell_whatever_the_path_has(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / folder / "relais"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir("/")
    assert shlex.split(as_typed("`relais up`", program=program).strip("`")) == [str(program)[1:], "up"]
