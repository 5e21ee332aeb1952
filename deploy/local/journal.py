"""What did a simulator take charge of? JSON lines that are on the disk before the sender is answered."""

import os
from pathlib import Path
from typing import IO

import msgspec


class Journal:
    """An append-only file; without a path, nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._file: IO[bytes] | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab")

    def write(self, entry: msgspec.Struct) -> None:
        """Returns once the entry would survive a power cut."""
        if self._file is None:
            return
        self._file.write(msgspec.json.encode(entry) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
