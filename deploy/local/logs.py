"""Prints the parts' logs: the end of one or of all, and what comes after when wanted."""

import sys
import time
from collections import deque
from pathlib import Path

from deploy.local.errors import StackError

LOOK_SECONDS = 0.3


def show(folder: Path, part: str | None, *, lines: int, follow: bool) -> None:
    """Write the last lines to standard output; with `follow`, go on until Ctrl-C."""
    known = {path.stem: path for path in sorted(folder.glob("*.log"))}
    if part is not None and part not in known:
        raise StackError(f"no log of '{part}'; there are: {', '.join(known) or 'none yet'}")
    chosen = {part: known[part]} if part is not None else known
    ends = {name: _print_end(name, path, lines, alone=part is not None) for name, path in chosen.items()}
    try:
        while follow:
            time.sleep(LOOK_SECONDS)
            for name, path in chosen.items():
                ends[name] = _print_since(name, path, ends[name], alone=part is not None)
    except KeyboardInterrupt:
        return


def _print_end(name: str, path: Path, lines: int, *, alone: bool) -> int:
    with path.open("rb") as log:
        _print(name, deque(log, maxlen=lines), alone=alone)
        return log.tell()


def _print_since(name: str, path: Path, position: int, *, alone: bool) -> int:
    size = path.stat().st_size
    if size == position:
        return position
    with path.open("rb") as log:
        # A smaller file is a new one: the old one has been put away.
        log.seek(position if size > position else 0)
        _print(name, deque(log), alone=alone)
        return log.tell()


def _print(name: str, lines: deque[bytes], *, alone: bool) -> None:
    start = "" if alone else f"{name:22} | "
    for line in lines:
        sys.stdout.write(start + line.decode(errors="replace").rstrip("\n") + "\n")
    sys.stdout.flush()
