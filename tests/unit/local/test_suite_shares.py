"""The tests without services are shared out among processes, each of them to one."""

from pathlib import Path

import pytest

from deploy.local.places import PROJECT
from tests.run import PARTS, shares


@pytest.mark.parametrize("count", [1, 2, 7])
def test_every_file_is_in_one_share(count: int) -> None:
    folders = [PROJECT / each for each in PARTS["--unit"] if not each.startswith("-")]
    there = sorted(file for folder in folders for file in folder.rglob("test_*.py"))
    assert len(there) > 200
    shared = [
        PROJECT / each for share in shares(count).values() for each in share if not each.startswith("-")
    ]
    assert sorted(file for each in shared for file in _files(each)) == there


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("test_*.py"))


def test_each_process_is_given_what_the_caller_asks_for() -> None:
    assert all({"-k", "stays"} <= set(share) for share in shares(3, ["-k", "stays"]).values())
