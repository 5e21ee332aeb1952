"""Truncation cuts only the tail of the newest segment of our topics."""

import random
from pathlib import Path

from tests.continuity.faults.broker import cut_tails


def _segment(folder: Path, name: str, size: int) -> Path:
    folder.mkdir(exist_ok=True)
    segment = folder / name
    segment.write_bytes(bytes(size))
    return segment


def test_the_newest_segment_of_each_partition_of_ours_gets_shorter(tmp_path: Path) -> None:
    old = _segment(tmp_path / "relais.admission-0", "00000000000000000000.log", 1000)
    new = _segment(tmp_path / "relais.admission-0", "00000000000000000500.log", 1000)
    others = _segment(tmp_path / "__consumer_offsets-0", "00000000000000000000.log", 1000)
    lost = cut_tails(tmp_path, random.Random(1))  # noqa: S311 - repeatable
    assert old.stat().st_size == others.stat().st_size == 1000
    assert new.stat().st_size == 1000 - lost
    assert 0 < lost <= 400
