"""A machine that cannot run the stack is told so before anything starts."""

import shutil
import stat
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.local.errors import StackError
from deploy.local.machine import check_machine, is_full


class Usage(NamedTuple):
    """Of a disk."""

    total: int
    used: int
    free: int


def _disk(monkeypatch: pytest.MonkeyPatch, *, free_megabytes: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free_megabytes * 1_000_000))


def test_the_state_folder_can_be_passed_but_not_listed_by_others(tmp_path: Path) -> None:
    check_machine(tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o711


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _disk(monkeypatch, free_megabytes=943)
    with pytest.raises(StackError, match=r"the disk is full: 943 MB free .* 1000 MB are needed"):
        check_machine(tmp_path)
    assert not is_full(tmp_path)
    _disk(monkeypatch, free_megabytes=5)
    assert is_full(tmp_path)


def test_another_system_is_sent_to_compose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(StackError, match="use Docker Compose"):
        check_machine(tmp_path)


def test_a_state_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match="cannot be written to"):
        check_machine(tmp_path / "file" / "state")
