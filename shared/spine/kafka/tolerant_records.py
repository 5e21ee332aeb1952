"""Reads records whose header names are no text, where aiokafka would raise at the first of them, for ever.

A header's name may hold any bytes on the wire. The library takes it for UTF-8 and raises UnicodeDecodeError
out of `getmany`, with the position before the whole fetch: one such record would stop the service. Here a
batch in which that happens is read again by the library's own Python code, on a buffer that decodes any
bytes; every other batch is read by its C code. The consumer decides about the record, as about any other.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

_BATCH_OVERHEAD: Final = 12
"""Base offset and length, which do not count in the length."""


def tolerate_header_names() -> None:
    """Replace the library's reader for this process; it cannot be replaced for one consumer."""
    fetcher.MemoryRecords = TolerantRecords


class TolerantRecords:
    """Takes the place of aiokafka's MemoryRecords: the batches of one partition in one answer."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0
        self._records = MemoryRecords(data)

    def has_next(self) -> bool:
        """Whether another whole batch follows."""
        return bool(self._records.has_next())

    def size_in_bytes(self) -> int:
        """Of all batches, a last one that is cut off included."""
        return len(self._data)

    def next_batch(self) -> Any:
        """The next batch."""
        start = self._position
        length = int.from_bytes(self._data[start + 8 : start + _BATCH_OVERHEAD], "big")
        self._position = start + _BATCH_OVERHEAD + length
        return _Batch(self._records.next_batch(), self._data[start : self._position])


class _Batch:
    def __init__(self, strict: Any, data: bytes) -> None:
        self._strict = strict
        self._data = data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._strict, name)

    def __iter__(self) -> Iterator[Any]:
        read = 0
        try:
            for record in self._strict:
                yield record
                read += 1
        except UnicodeDecodeError:
            yield from islice(_LenientBatch(self._data), read, None)


class _LenientBatch(_DefaultRecordBatchPy):  # type: ignore[misc]
    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer: bytearray = _Text(self._buffer)


class _Text(bytearray):
    """Decodes bytes that are not UTF-8 as \\xff."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return _Text(found) if isinstance(found, bytearray) else found

    def decode(self, *_: str) -> str:
        return super().decode("utf-8", "backslashreplace")
