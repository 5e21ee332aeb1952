"""What `relais` answers while nothing runs."""

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local import machine
from deploy.local.cli import NOT_RUNNING, app
from deploy.local.places import PROJECT
from deploy.local.supervision.state import Record, State, supervising, write_state
from shared.runtime.version import VERSION

runner = CliRunner()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty state folder that the command uses."""
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(tmp_path))
    return tmp_path


def test_the_status_is_a_document_for_scripts() -> None:
    answer = runner.invoke(app, ["status", "--json"])
    assert answer.exit_code == NOT_RUNNING
    document = json.loads(answer.output)
    assert (document["state"], document["parts"], document["memory_bytes"]) == ("stopped", [], 0)


def test_a_failed_start_is_still_explained(folder: Path) -> None:
    record = Record(name="kafka", kind="part", state="stopped", note="port 19092 is taken by nc (process 7)")
    write_state(folder, State(state="failed", message="the disk is full", records=[record]))
    answer = runner.invoke(app, ["status"])
    assert answer.exit_code == NOT_RUNNING
    assert "the disk is full" in answer.output
    assert "kafka: port 19092 is taken by nc" in answer.output


def test_a_reset_asks_and_keeps_what_was_fetched(folder: Path) -> None:
    for name in ("data", "logs", "cache"):
        (folder / name).mkdir()
    (folder / "credentials.json").touch()
    refused = runner.invoke(app, ["reset"], input="n\n")
    assert (refused.exit_code, refused.output.splitlines()[-1]) == (0, "Nothing was changed.")
    assert (folder / "credentials.json").exists()
    assert runner.invoke(app, ["reset", "--yes"]).exit_code == 0
    assert [path.name for path in folder.iterdir()] == ["cache"]


def test_the_end_of_one_log_or_of_all_is_shown(folder: Path) -> None:
    (folder / "logs").mkdir()
    (folder / "logs" / "kafka.log").write_text("one\ntwo\n")
    (folder / "logs" / "pathway-api.log").write_text("three\n")
    assert runner.invoke(app, ["logs", "kafka", "-n", "1"]).output == "two\n"
    shown = [line.split() for line in runner.invoke(app, ["logs"]).output.splitlines()]
    assert shown == [["kafka", "|", "one"], ["kafka", "|", "two"], ["pathway-api", "|", "three"]]


@pytest.mark.parametrize("command", [["logs", "kafak"], ["migrate"], ["operator-key"]])
def test_what_cannot_be_done_is_one_sentence(command: list[str]) -> None:
    answer = runner.invoke(app, command)
    assert answer.exit_code == 1
    assert answer.stderr.startswith("relais: ")
    assert "Traceback" not in answer.output


def test_what_belongs_to_another_account_is_a_sentence_with_the_remedy(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(folder / "credentials.json"))

    monkeypatch.setattr(Path, "chmod", refused)
    answer = runner.invoke(app, ["up", "--detach"])
    assert answer.exit_code == 1
    assert answer.stderr.startswith(f"relais: {folder} belongs to ")
    assert 'sudo chown -R "$USER"' in answer.stderr


def test_with_a_full_disk_it_is_not_ready(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "FULL_MEGABYTES", 10**12)
    with supervising(folder):
        write_state(folder, State(state="ready"))
        answer = runner.invoke(app, ["status"])
    assert answer.exit_code == 1
    assert "Relais: disk full" in answer.output
    assert "make room" in answer.output


@pytest.mark.parametrize(("sign", "reader"), [(",", "Kafka"), (":", "Java")])
def test_a_path_that_cannot_work_is_refused_at_once(
    sign: str, reader: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(folder / f"a{sign}b"))
    answer = runner.invoke(app, ["up", "--detach"])
    assert (answer.exit_code, reader in answer.stderr) == (1, True)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete_commands(shell: str, folder: Path) -> None:
    words = {"COMP_WORDS": "relais sta", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "relais sta"}
    asked = {"_RELAIS_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_FISH_ACTION": "get-args", **words}
    assert "status" in runner.invoke(app, [], prog_name="relais", env=asked).output


def test_nothing_to_stop_is_no_error() -> None:
    answer = runner.invoke(app, ["down"])
    assert (answer.exit_code, answer.output) == (0, "Relais was not running.\n")


def test_the_version_is_that_of_the_changelog_and_of_the_project() -> None:
    answer = runner.invoke(app, ["--version"])
    assert (answer.exit_code, answer.stdout) == (0, f"relais {VERSION}\n")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
    assert f"\n## {VERSION} (" in (PROJECT / "CHANGELOG.md").read_text()
