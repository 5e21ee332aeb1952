"""The supervisor starts parts in order, restarts them, and leaves nothing running whatever happens."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.errors import StackError
from deploy.local.supervision import control
from deploy.local.supervision.state import Record, is_supervised, process_of, read_state
from tests.e2e.eventually import eventually

STAND_IN = str(Path(__file__).with_name("stand_in.py"))
NAMES = ["ground", "middle", "top"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A state folder whose stack, if any, is stopped afterwards."""
    yield tmp_path
    control.stop(tmp_path)


def _start(folder: Path, *options: str) -> None:
    control.start_detached(folder, [STAND_IN, str(folder), *options], watch=lambda _: None)


def _parts(folder: Path) -> dict[str, Record]:
    return {record.name: record for record in read_state(folder).records if record.kind == "part"}


def _restarted(folder: Path, name: str) -> Record | None:
    part = _parts(folder)[name]
    return part if part.restarts and part.state == "ready" else None


def test_parts_start_after_what_they_need_and_stop_before_it(folder: Path) -> None:
    _start(folder)
    assert [part.state for part in _parts(folder).values()] == ["ready"] * 3
    assert (folder / "step").exists()
    assert control.stop(folder)
    assert (folder / "ended").read_text().split() == ["top", "middle", "ground"]
    assert read_state(folder).state == "stopped"
    assert not control.stop(folder)


def test_a_part_that_dies_is_started_again_alone(folder: Path) -> None:
    _start(folder)
    before = {name: part.pid for name, part in _parts(folder).items()}
    psutil.Process(before["middle"]).kill()
    restarted = eventually(lambda: _restarted(folder, "middle"))
    after = {name: part.pid for name, part in _parts(folder).items()}
    assert restarted.pid != before["middle"]
    assert {name for name in NAMES if after[name] != before[name]} == {"middle"}


def test_a_killed_supervisor_leaves_nothing_running_and_the_next_one_starts(folder: Path) -> None:
    _start(folder)
    children = list(_parts(folder).values())
    supervisor = read_state(folder).pid
    assert supervisor is not None
    psutil.Process(supervisor).kill()
    eventually(lambda: all(process_of(child.pid, child.started) is None for child in children))
    # A killed process is seen until its parent has heard of it.
    eventually(lambda: not is_supervised(folder))
    assert read_state(folder).state == "stopped"
    _start(folder)
    assert read_state(folder).state == "ready"


def test_what_cannot_start_is_said_in_one_sentence_and_the_rest_is_stopped(folder: Path) -> None:
    with pytest.raises(StackError, match=r"^top ended with exit code 3: the disk is full"):
        _start(folder, "failing")
    assert (folder / "ended").read_text().split() == ["middle", "ground"]
    state = read_state(folder)
    assert (state.state, [record.pid for record in state.records]) == ("failed", [None] * 4)


def test_a_second_supervisor_beside_a_running_one_says_so(folder: Path) -> None:
    _start(folder)
    second = subprocess.run(
        [sys.executable, STAND_IN, str(folder)], capture_output=True, text=True, check=False
    )
    assert second.returncode != 0
    assert "already runs here" in second.stderr
    assert read_state(folder).state == "ready"


def test_whoever_is_too_late_for_its_port_is_started_anew_with_all_others(folder: Path) -> None:
    _start(folder, "late")
    assert (folder / "ended").read_text().split() == ["middle", "ground"]
    assert [part.state for part in _parts(folder).values()] == ["ready"] * 3
