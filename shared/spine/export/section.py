"""Defines what a service keeps of a person as sections, each read in pages by a key of its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import msgspec

from shared.database.pool import Pool

Key = UUID | int | str
Content = Mapping[str, Any]


class Record(NamedTuple):
    """One thing that is kept of a person, and where it stands in its section."""

    key: Key
    content: Content


class HasPool(Protocol):
    """Every service's dependencies."""

    @property
    def pool(self) -> Pool: ...


Show = Callable[[Any, Content], Content]
"""Takes the service's dependencies and a row; gives it as a person may read it, opened where it is sealed."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """What one table keeps of persons."""

    name: str
    """The table's."""
    first: Key
    """Lower than, and of the type of, every key."""
    read: Callable[[Any, Sequence[UUID], Any, int], Awaitable[Sequence[Record]]]
    """Takes the dependencies, the persons, the key after which, and how many at most."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """How a service answers for a person."""

    sections: Sequence[Section] = ()
    persons: Callable[[Any, UUID], Awaitable[Sequence[UUID]]] | None = None
    """Every id of the person, none of somebody unknown; without it, the one that was asked for."""


def as_it_is(_dependencies: object, row: Content) -> Content:
    """The row."""
    return row


def with_json(*columns: str) -> Show:
    """The row, with the JSON of these columns decoded."""

    def show(_dependencies: object, row: Content) -> Content:
        return {**row, **{column: msgspec.json.decode(row[column]) for column in columns if row[column]}}

    return show


def section(name: str, query: str, first: Key, show: Show = as_it_is) -> Section:
    """What a query gives: of the persons `$1`, after `$2`, at most `$3`, ordered by its column `key`."""

    async def read(dependencies: HasPool, persons: Sequence[UUID], after: Key, limit: int) -> list[Record]:
        rows = await dependencies.pool.fetch(query, list(persons), after, limit)
        return [Record(row["key"], _shown(show(dependencies, dict(row)))) for row in rows]

    return Section(name=name, first=first, read=read)


def _shown(row: Content) -> Content:
    return {name: value for name, value in row.items() if name != "key" and value is not None}
