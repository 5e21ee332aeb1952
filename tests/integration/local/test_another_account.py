"""An ordinary user who finds a stack that root has started gets a sentence with the remedy."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.local.cli import NOT_RUNNING, app
from deploy.local.machine import check_machine
from deploy.local.servers.accounts import ACCOUNT_NAME
from deploy.local.stack.credentials import ensure_credentials
from deploy.local.stack.operator_key import FILE as DEMO_KEY
from deploy.local.supervision.state import Record, State, write_state

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
COMMANDS = (["up", "--detach"], ["status"], ["down"], ["reset", "--yes"], ["migrate"], ["parked", "list"])
runner = CliRunner()


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The state folder that root's `make up` has left, where an ordinary user can see it."""
    above = Path(tempfile.mkdtemp(prefix="relais-test-"))
    above.chmod(0o711)
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(above / "empty"))
    for command in COMMANDS:
        # Whatever a command imports is imported now: the other account may not reach Python's own files.
        _ask(command) if command[0] != "up" else check_machine(above)
    folder = above / "state"
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(folder))
    check_machine(folder)
    ensure_credentials(folder)
    for name in ("data", "logs"):
        (folder / name).mkdir(mode=0o711)
        (folder / name / "file").touch()
    (folder / DEMO_KEY).touch(mode=0o600)
    write_state(folder, State(state="ready", records=[Record(name="kafka", kind="part")]))
    yield folder
    shutil.rmtree(above)


@contextmanager
def _another_account() -> Iterator[None]:
    os.seteuid(pwd.getpwnam(ACCOUNT_NAME).pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def _ask(command: list[str]) -> Any:
    return runner.invoke(app, command)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command[0] != "status"], ids=str)
def test_it_is_a_sentence_with_the_remedy_and_nothing_is_changed(command: list[str], folder: Path) -> None:
    before = sorted(path.relative_to(folder) for path in folder.rglob("*"))
    with _another_account():
        answer = _ask(command)
    assert answer.exit_code == 1, answer.output
    assert answer.stderr.startswith("relais: ")
    assert "belongs to root" in answer.stderr
    assert 'sudo chown -R "$USER"' in answer.stderr
    assert sorted(path.relative_to(folder) for path in folder.rglob("*")) == before


def test_anybody_may_see_what_runs(folder: Path) -> None:
    with _another_account():
        answer = _ask(["status"])
    assert answer.exit_code == NOT_RUNNING
