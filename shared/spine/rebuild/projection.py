"""Declares which tables of a service follow from the events that it applied, and how to compare them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import MetaData

from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.runtime.errors import RelaisError
from shared.spine.inbox.applier import Routes
from shared.spine.rebuild.table_comparison import TableComparison

CompareAlso = Callable[[Pool, Pool], Awaitable[Sequence[TableComparison]]]
"""Takes pools whose sessions find the live tables, and the rebuilt ones."""


class ProjectedTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table that follows from the applied events; each row is about one person."""

    table: str
    left_out: tuple[str, ...] = ()
    """Columns that say when or how an event was applied: tables that differ only in them are equal."""
    as_if: Mapping[str, str] = {}
    """Column -> SQL expression that is compared in its place."""


@dataclass(frozen=True, kw_only=True)
class Projection:
    """A service's projection: its tables, and the routes that fill them."""

    service: str
    metadata: MetaData
    routes: Routes
    clock: Clock
    publishers: Sequence[str]
    swapped: Sequence[ProjectedTable]
    """Tables that are rebuilt and swapped. No foreign key leads from or to them."""
    dependencies: object
    """Handed to every route."""
    compared: Sequence[ProjectedTable] = ()
    """Tables that are only compared, because they record what was told to others."""
    adopted: Sequence[str] = ()
    """Tables that are kept: rows whose key the live table lacks are added."""
    compare_also: CompareAlso | None = None
    """Compares what else follows from the tables."""

    def columns_of(self, projected: ProjectedTable) -> list[str]:
        """Return the SQL expressions in which two equal tables agree."""
        names = [column.name for column in self.metadata.tables[projected.table].columns]
        return [projected.as_if.get(name, f'"{name}"') for name in names if name not in projected.left_out]

    def key_of(self, table: str) -> list[str]:
        """Return the quoted columns of a table's primary key."""
        return [f'"{column.name}"' for column in self.metadata.tables[table].primary_key.columns]


class RebuildError(RelaisError):
    """The rebuild cannot go on; its message is one sentence, and the live projection is unchanged."""
