"""What the state file says is believed only as long as it is true."""

import os
from pathlib import Path

import psutil
import pytest

from deploy.local.errors import StackError
from deploy.local.supervision import state
from deploy.local.supervision.state import (
    Record,
    State,
    is_supervised,
    port_of,
    process_of,
    read_state,
    supervising,
    write_state,
)

STARTED = psutil.Process().create_time()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    record = Record(
        name="kafka", kind="part", state="ready", url="kafka://127.0.0.1:19092", pid=7, started=1.0
    )
    with supervising(tmp_path):
        write_state(tmp_path, State(state="ready", pid=os.getpid(), started=STARTED, records=[record]))
        found = read_state(tmp_path)
    assert (found.state, found.records) == ("ready", [record])
    assert port_of(found, "kafka") == 19092


def test_without_a_state_file_nothing_runs(tmp_path: Path) -> None:
    assert read_state(tmp_path) == State(since=read_state(tmp_path).since)
    with pytest.raises(StackError, match="kafka is not running"):
        port_of(read_state(tmp_path), "kafka")


def test_a_state_whose_supervisor_is_gone_is_stopped(tmp_path: Path) -> None:
    write_state(tmp_path, State(state="ready", pid=os.getpid(), started=STARTED))
    assert read_state(tmp_path).state == "stopped"


def test_a_failure_is_remembered_after_its_supervisor(tmp_path: Path) -> None:
    write_state(tmp_path, State(state="failed", message="the disk is full"))
    assert read_state(tmp_path).message == "the disk is full"


def test_only_one_supervisor_holds_a_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "LOCK_TRIES", 2)
    assert not is_supervised(tmp_path)
    with supervising(tmp_path):
        assert is_supervised(tmp_path)
        with pytest.raises(StackError, match="already runs here"), supervising(tmp_path):
            pass
    assert not is_supervised(tmp_path)


def test_another_process_under_a_recorded_number_is_not_taken_for_it() -> None:
    assert process_of(os.getpid(), STARTED) is not None
    assert process_of(os.getpid(), STARTED - 3600) is None
    assert process_of(None, None) is None
