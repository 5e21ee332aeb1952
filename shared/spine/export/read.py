"""Reads one page of what is kept of a person, through all sections in their order."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from shared.spine.export.section import Content, Key, Section

_LONGEST_NUMBER = 18


class ExportedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is kept of the person."""

    section: str
    """The table that keeps it."""
    content: dict[str, Any]


class Place(NamedTuple):
    """The last record of a page: which section, and its key there."""

    section: int
    key: str


def beginning_of(sections: Sequence[Section], place: Place | None) -> tuple[int, Key]:
    """Where to read on; raises ValueError for what no page ended with."""
    if place is None:
        return 0, sections[0].first
    if not 0 <= place.section < len(sections):
        raise ValueError("no such section")
    return place.section, _key(place.key, sections[place.section].first)


async def read_page(
    sections: Sequence[Section],
    dependencies: object,
    persons: Sequence[UUID],
    *,
    beginning: tuple[int, Key],
    limit: int,
) -> tuple[list[ExportedRecord], Place | None]:
    """Up to `limit` records, and where they end; no place when they are the last."""
    found: list[ExportedRecord] = []
    number, after = beginning
    for index in range(number, len(sections)):
        each = sections[index]
        last = after if index == number else each.first
        room = limit - len(found)
        records = await each.read(dependencies, persons, last, room + 1)
        found += [_exported(each.name, record.content) for record in records[:room]]
        if len(records) > room:
            return found, Place(index, str(records[room - 1].key if room else last))
    return found, None


def _exported(section: str, content: Content) -> ExportedRecord:
    return ExportedRecord(section=section, content=dict(content))


def _key(text: str, like: Key) -> Key:
    if isinstance(like, int):
        if not text.isascii() or not text.isdecimal() or len(text) > _LONGEST_NUMBER:
            raise ValueError("no number")
        return int(text)
    return UUID(text) if isinstance(like, UUID) else text
