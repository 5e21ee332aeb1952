"""Keeps what arrived at a simulator in a file of JSON lines, so that it is still shown after a restart."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Generic, Protocol, TypeVar

import msgspec


class Kept(Protocol):
    """A message; a later line with the same id replaces an earlier one."""

    @property
    def id(self) -> str:
        """Its identity."""


M = TypeVar("M", bound=Kept)


class Journal(Generic[M]):
    """A file that only its owner can read; without a path, nothing is kept."""

    def __init__(self, path: Path | None, message_type: type[M], *, limit: int) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self.earlier: list[M] = []
        """The last `limit` messages of earlier runs, oldest first."""
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.earlier = _read(path, message_type)[-limit:]
            self._file = self._replaced(path, self.earlier)

    def write(self, message: M) -> None:
        """Add the message, or what has become of it; it outlives this process once this returns."""
        if self._file is not None:
            self._file.write(msgspec.json.encode(message) + b"\n")
            self._file.flush()

    def clear(self) -> None:
        """Forget every message."""
        if self._file is not None:
            self._file.truncate(0)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _replaced(self, path: Path, messages: Iterable[M]) -> IO[bytes]:
        """The file with these messages only, so that it does not grow for ever; open for more."""
        unfinished = path.with_name(f"{path.name}.new")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        file = os.fdopen(descriptor, "ab")
        file.writelines(msgspec.json.encode(message) + b"\n" for message in messages)
        file.flush()
        unfinished.replace(path)
        return file


def _read(path: Path, message_type: type[M]) -> list[M]:
    messages: dict[str, M] = {}
    decoder = msgspec.json.Decoder(message_type)
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            message = decoder.decode(line)
        except msgspec.DecodeError:
            # The end of a line that a kill cut off, or one of another version.
            continue
        messages[message.id] = message
    return list(messages.values())
