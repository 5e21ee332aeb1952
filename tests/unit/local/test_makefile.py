"""`make help` lists every target in its group; that nothing runs is no error of make."""

import re
import subprocess
from pathlib import Path

import pytest

from deploy.local.places import PROJECT
from tests.outside_make import outside_make

MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
ESCAPE = "\x1b"
FOR_EVER = (
    "install up down status demo reset logs migrate"
    " test test-platform test-parts test-unit explore lint format"
    " continuity continuity-mutations continuity-peer continuity-bus bench"
    " documents dashboards compose-check lock"
)


def make(*goals: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["make", "--no-print-directory", *goals],  # noqa: S607
        cwd=PROJECT,
        env=outside_make(RELAIS_STATE_FOLDER=str(folder)),
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_target_is_listed_in_a_group(tmp_path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == targets
    groups = make("help", folder=tmp_path).stdout.split("\n\n")[1:]
    listed = [line.split()[0] for group in groups for line in group.splitlines()[1:]]
    assert len(groups) == 4
    assert sorted(listed) == sorted(targets - {"help"})


def test_no_target_that_somebody_may_have_in_a_script_has_lost_its_name(tmp_path: Path) -> None:
    assert [name for name in FOR_EVER.split() if not re.search(rf"^{name}:", MAKEFILE, re.MULTILINE)] == []


def test_what_goes_through_a_pipe_has_no_colours(tmp_path: Path) -> None:
    assert ESCAPE not in make("help", folder=tmp_path).stdout


@pytest.mark.parametrize(
    ("target", "said"),
    [("status", "Relais is not running here"), ("down", "Relais was not running")],
)
def test_that_nothing_runs_is_a_sentence_and_no_error_of_make(target: str, said: str, tmp_path: Path) -> None:
    done = make(target, folder=tmp_path)
    assert (done.returncode, said in done.stdout) == (0, True), done.stdout + done.stderr
