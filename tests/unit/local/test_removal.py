"""A reset removes everything or nothing, and says whose files are in its way."""

import os
from pathlib import Path

import pytest

from deploy.local.errors import StackError
from deploy.local.removal import BEING_REMOVED, remove_state


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The state folder of a stack that ran."""
    for name in ("data", "logs", "cache"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / "credentials.json").touch()
    return tmp_path


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_is_removed_when_something_belongs_to_another_account(folder: Path) -> None:
    foreign = folder / "logs"
    foreign.chmod(0o500)
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere: see tests/integration/local/test_another_account.py")
    before = _names(folder)
    with pytest.raises(StackError, match=r"nothing was removed: .*logs belongs to \w+, so .* sudo chown -R"):
        remove_state(folder)
    assert _names(folder) == before
    assert (folder / "data" / "file").exists()


def test_what_an_interrupted_removal_has_left_is_removed_too(folder: Path) -> None:
    (folder / BEING_REMOVED / "data").mkdir(parents=True)
    (folder / BEING_REMOVED / "data" / "file").touch()
    remove_state(folder)
    assert _names(folder) == ["cache"]
    remove_state(folder)
    assert _names(folder) == ["cache"]


def test_a_folder_that_is_not_there_is_removed(tmp_path: Path) -> None:
    remove_state(tmp_path / "nowhere")
