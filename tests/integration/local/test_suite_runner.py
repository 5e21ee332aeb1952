"""`make test` labels its parts, says why it skips, and leaves nothing in the temporary folder."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.local.places import PROJECT

TEST = """
import tempfile, pytest

def test_leaves_a_file(tmp_path):
    (tmp_path / "left").touch()
    tempfile.mkdtemp()

def test_needs_something():
    pytest.skip("the tables are not here")
"""


def test_nothing_is_left_and_a_skipped_test_says_why(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "test_some.py").write_text(TEST)
    done = subprocess.run(
        [sys.executable, "-m", "tests.run", str(tmp_path / "test_some.py")],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the tables are not here" in done.stdout
    assert list((tmp_path / "tmp").iterdir()) == []


def test_each_line_of_a_part_is_labelled_and_what_failed_is_said_last(tmp_path: Path) -> None:
    script = (
        "import sys; from tests import run;"
        f"run.PARTS = {{'--one': ('{tmp_path}/test_one.py',), '--other': ('{tmp_path}/test_other.py',)}};"
        "sys.exit(run.main(['--one', '--other']))"
    )
    (tmp_path / "test_one.py").write_text("def test_it(): pass")
    (tmp_path / "test_other.py").write_text("def test_it(): raise ValueError(7)")
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert all(line.startswith(("one   | ", "other | ")) for line in lines)
    assert lines[-4:-2] == ["one   | passed", "other | E   ValueError: 7"]
    assert lines[-2].startswith("other | FAILED ")
    assert lines[-1] == "other | failed (exit code 1)"
