"""Writes JSON lines durably: a write returns once its line is synced to the disk.

Lines that are written during a sync share the next one.
"""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import msgspec


def now() -> str:
    """The current time, as journals write it."""
    return datetime.now(UTC).isoformat()


class Journal:
    """An append-only file of one event loop."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("ab")
        self._lines: list[bytes] = []
        self._written: asyncio.Future[None] | None = None
        self._syncing: asyncio.Task[None] | None = None

    async def write(self, **entry: Any) -> None:
        """Return once the entry is synced; its `at` is the current time."""
        await asyncio.shield(self.note({"at": now(), **entry}))

    def note(self, entry: Mapping[str, Any]) -> asyncio.Future[None]:
        """Queue an entry; the future is done once it is synced."""
        self._lines.append(msgspec.json.encode(entry) + b"\n")
        if self._written is None:
            self._written = asyncio.get_running_loop().create_future()
        written = self._written
        if self._syncing is None:
            self._syncing = asyncio.create_task(self._sync())
        return written

    async def close(self) -> None:
        """Write what is queued and close the file."""
        if self._syncing is not None:
            await self._syncing
        self._file.close()

    async def _sync(self) -> None:
        while self._written is not None:
            lines, self._lines = self._lines, []
            written, self._written = self._written, None
            await asyncio.to_thread(self._store, b"".join(lines))
            written.set_result(None)
        self._syncing = None

    def _store(self, lines: bytes) -> None:
        self._file.write(lines)
        self._file.flush()
        os.fsync(self._file.fileno())
