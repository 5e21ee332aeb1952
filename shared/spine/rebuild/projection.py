"""Which tables of a service follow from what it applied, and what of them does not depend on when?"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import MetaData

from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.spine.inbox.application import Routes
from shared.spine.rebuild.table_comparison import TableComparison

CompareAlso = Callable[[Pool, Pool], Awaitable[Sequence[TableComparison]]]
"""Sessions that look at the live tables, and at those made anew."""


class ProjectedTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table that follows from the applied events; each row is about one person."""

    table: str
    left_out: tuple[str, ...] = ()
    """Columns that tell when or how it was applied: two tables that differ in them alone are equal."""
    as_if: Mapping[str, str] = {}
    """Column -> SQL that is compared in its place."""


@dataclass(frozen=True, kw_only=True)
class Projection:
    """How a service's projection is made, and what belongs to it."""

    service: str
    metadata: MetaData
    routes: Routes
    clock: Clock
    publishers: Sequence[str]
    swapped: Sequence[ProjectedTable]
    """Made anew. Nothing refers to them and they refer to nothing, so they can be exchanged."""
    dependencies: object = None
    """Handed to every route."""
    compared: Sequence[ProjectedTable] = ()
    """Kept, because they say what was told to others: only compared."""
    adopted: Sequence[str] = ()
    """Kept, too: rows that the live table lacks are added, by their key."""
    compare_also: CompareAlso | None = None
    """What else follows from the tables, and is kept: only compared."""

    def columns_of(self, projected: ProjectedTable) -> list[str]:
        """Columns of a table, as SQL, in which two equal tables agree."""
        columns = self.metadata.tables[projected.table].columns
        names = [column.name for column in columns if column.name not in projected.left_out]
        return [projected.as_if.get(name, f'"{name}"') for name in names]

    def key_of(self, table: str) -> list[str]:
        """The columns of its primary key."""
        return [f'"{column.name}"' for column in self.metadata.tables[table].primary_key.columns]


class RebuildError(Exception):
    """The rebuild cannot go on, in one sentence; the live projection is as it was."""
