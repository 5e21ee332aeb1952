"""Describes what is sent, and finds the numbers of persons in it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self


@dataclass(frozen=True)
class Statement:
    """What is sent to a path of admission, under the sender's own id of it."""

    event_id: str
    path: str
    body: bytes
    attempts: int = 0

    @classmethod
    def of(cls, content: object, path: str) -> Self:
        """The statement of a JSON object; the same object always gives the same bytes.

        Raises:
            ValueError: it is none, or has no `source_event_id`.
        """
        event_id = content.get("source_event_id") if isinstance(content, Mapping) else None
        if not isinstance(event_id, str) or not event_id:
            raise ValueError("a statement is a JSON object with a source_event_id")
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return cls(event_id, path, body.encode())


def numbers_in(content: Mapping[str, Any]) -> list[bytes]:
    """Digests of all numbers of persons in a statement, wherever they stand: a merge names two persons."""
    return sorted(set(_numbers_in(content)))


def _numbers_in(value: object) -> Iterator[bytes]:
    match value:
        case {"authority": str(authority), "value": str(number)}:
            yield sha256(f"{authority.strip()}\n{number.strip()}".casefold().encode()).digest()
        case Mapping():
            for each in value.values():
                yield from _numbers_in(each)
        case list() | tuple():
            for each in value:
                yield from _numbers_in(each)
