"""What was received, as it was received? A parked row as the record that it once was."""

import base64
from typing import Final

import msgspec

from shared.spine.parked.rows import Row
from shared.spine.records.cloud_events import Headers, decode
from shared.spine.records.incoming import Incoming

_headers: Final = msgspec.json.Decoder(list[tuple[str, str]])


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


def read_again(row: Row) -> Incoming:
    """Read the record anew: what was wrong for an older version of this service may not be for this one."""
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
    """The headers that it came with."""
    return [(name, base64.b64decode(value)) for name, value in _headers.decode(row["headers"])]
