"""A process ends exactly at its armed failpoint."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.continuity.failpoints import VARIABLE, arm
from tests.continuity.platform.layout import PROJECT

_PASS_THREE_TIMES = """
from tests.continuity.failpoints import reach
for number in range(3):
    reach("a.point")
    print(number, flush=True)
"""


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _PASS_THREE_TIMES],
        cwd=PROJECT,
        env={**os.environ, VARIABLE: str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_nobody_dies_at_a_point_that_is_not_armed(tmp_path: Path) -> None:
    assert _run(tmp_path).returncode == 0


def test_the_process_kills_itself_at_the_named_passage_and_disarms_the_point(tmp_path: Path) -> None:
    armed = arm(tmp_path, "a.point", passage=2)
    done = _run(tmp_path)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.split() == ["0"]
    assert not armed.exists()


def test_another_point_is_another_point(tmp_path: Path) -> None:
    arm(tmp_path, "another.point", passage=1)
    assert _run(tmp_path).returncode == 0
