"""Reads a parked row as the record that was received."""

import base64
from typing import Final

import msgspec

from shared.spine.parked.rows import Row
from shared.spine.records.cloud_events import Headers, decode
from shared.spine.records.incoming import IncomingRecord

_headers: Final = msgspec.json.Decoder(list[tuple[str, str]])


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


def decode_again(row: Row) -> IncomingRecord:
    """Decode the record again: what an older version of this service could not read, this one may."""
    return decode(
        _Record(
            topic=row["topic"],
            partition=row["partition"],
            offset=row["record_offset"],
            key=row["key"],
            value=row["value"],
            headers=headers_of(row),
        )
    )


def headers_of(row: Row) -> list[tuple[str, bytes]]:
    """Return the headers of the record."""
    return [(name, base64.b64decode(value)) for name, value in _headers.decode(row["headers"])]
