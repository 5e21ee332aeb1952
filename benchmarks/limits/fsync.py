"""Measures how often per second the disk syncs 8 kB right now; shown beside every durable figure.

The disk of a virtual machine changes speed within minutes, so a figure without its probe says nothing.
"""

import os
import statistics
import time
from pathlib import Path

_PROBE_SECONDS = 0.5
_BLOCK = b"\0" * 8192


def fdatasyncs_per_second(folder: Path) -> float:
    """Write and sync one block repeatedly for half a second; the rate by the median duration."""
    path = folder / "fsync-probe"
    durations: list[float] = []
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        end = time.perf_counter() + _PROBE_SECONDS
        while time.perf_counter() < end:
            start = time.perf_counter()
            os.pwrite(descriptor, _BLOCK, 0)
            os.fdatasync(descriptor)
            durations.append(time.perf_counter() - start)
    finally:
        os.close(descriptor)
        path.unlink()
    return 1 / statistics.median(durations)
