"""`make install` in a clone whose path has spaces and accents, interrupted at random moments and mended."""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from deploy.local.places import PROJECT
from tests.outside_make import outside_make

COPIED = ("Makefile", "README.md", "pyproject.toml", "deploy", "services", "shared")
# What `relais --help` imports, and what builds the project: the others would only make this test slower.
NEEDED = {
    *("annotated-doc", "markdown-it-py", "mdurl", "msgspec", "psutil", "pygments", "rich"),
    *("setuptools", "shellingham", "typer", "typing-extensions"),
}
INTERRUPTIONS = 5
"""It was tried with 20; an installation takes seconds even with so few packages."""
SEED = 20261128
WITHIN_SECONDS = 300
NO_INDEX = re.compile("No matching distribution|Failed to establish|Failed to fetch|Could not connect")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files of a fresh clone, with a lock of a dozen packages."""
    clone = tmp_path / "Mes projets" / "relais été"
    clone.mkdir(parents=True)
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, clone / name)
    blocks = re.split(r"^(?=\S)", (PROJECT / "requirements.lock").read_text(), flags=re.MULTILINE)
    kept = [block for block in blocks if re.split(r"[=\[ ]", block)[0] in NEEDED]
    (clone / "requirements.lock").write_text("".join(kept))
    return clone


def _make(clone: Path, *goals: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        ["make", *goals],  # noqa: S607
        cwd=clone,
        env=outside_make(NO_COLOR="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _made(clone: Path, *goals: str) -> str:
    with _make(clone, *goals) as process:
        output, _ = process.communicate(timeout=WITHIN_SECONDS)
    if process.returncode != 0 and NO_INDEX.search(output):
        pytest.skip("no package index can be reached")
    assert process.returncode == 0, output
    return output


def _interrupt(clone: Path, *, after_seconds: float, by: signal.Signals) -> None:
    with _make(clone, "install") as process:
        try:
            process.communicate(timeout=after_seconds)
        except subprocess.TimeoutExpired:
            # To the whole group, as a terminal's Ctrl-C goes, or a closed terminal.
            os.killpg(process.pid, by)
            process.communicate(timeout=WITHIN_SECONDS)


def _runs(clone: Path) -> bool:
    relais = clone / ".venv" / "bin" / "relais"
    done = subprocess.run([relais, "--help"], capture_output=True, text=True, cwd="/", check=False)
    return done.returncode == 0 and "status" in done.stdout


def test_an_installation_that_was_interrupted_anywhere_is_mended_by_the_next_make(clone: Path) -> None:
    assert "not installed here" in _made(clone, "down")
    began = time.monotonic()
    shown = _made(clone, "install")
    seconds = time.monotonic() - began
    assert re.findall(r"^ +(\d/\d)", shown, re.MULTILINE) == ["1/4", "2/4", "3/4", "4/4"]
    assert _runs(clone)

    stamp, chance = clone / ".venv" / ".installed", random.Random(SEED)  # noqa: S311 - repeatable
    for number in range(INTERRUPTIONS):
        if stamp.exists():
            # What is installed is made out of date: half of the moments are those of an update.
            os.utime(clone / "requirements.lock")
        by = (signal.SIGINT, signal.SIGKILL)[number % 2]
        _interrupt(clone, after_seconds=chance.uniform(0, seconds), by=by)
        assert not stamp.exists() or _runs(clone), f"the stamp is a lie after interruption {number}"
    _made(clone, "install")
    assert _runs(clone)
    assert _made(clone, "install").strip().endswith("Nothing to be done for 'install'.")
    for name in ("python", "python3"):
        (clone / ".venv" / "bin" / name).unlink()
    assert "1/4" in _made(clone, "install"), "an environment whose Python is gone is made anew"
    assert _runs(clone)
