"""Gives and changes the dialect of a source."""

from time import monotonic
from typing import Final
from uuid import UUID

from services.admission.domain.adt.dialect import STANDARD, Dialect
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.own_sources import is_own_source
from services.admission.storage.hl7v2 import dialects as storage
from shared.database.transaction import transaction
from shared.security.principal import Principal

DIALECT_SECONDS: Final = 10.0
"""A change of a dialect counts in every process within this time."""
MOST_DIALECTS: Final = 2000


async def dialect_of(dependencies: Dependencies, source_id: UUID) -> Dialect:
    """The dialect of the source, as it was at most some seconds ago."""
    until, known = dependencies.dialects.get(source_id, (0.0, STANDARD))
    if until > monotonic():
        return known
    if len(dependencies.dialects) >= MOST_DIALECTS:
        dependencies.dialects.clear()
    dialect = await storage.dialect_of(dependencies.pool, source_id) or STANDARD
    dependencies.dialects[source_id] = (monotonic() + DIALECT_SECONDS, dialect)
    return dialect


async def own_dialect(dependencies: Dependencies, source_id: UUID, *, by: Principal) -> Dialect | None:
    """The dialect of one of the caller's own sources; `None` when it is none of theirs."""
    if not await is_own_source(dependencies, source_id, by=by):
        return None
    return await storage.dialect_of(dependencies.pool, source_id) or STANDARD


async def change_dialect(
    dependencies: Dependencies, source_id: UUID, dialect: Dialect, *, by: Principal
) -> bool:
    """Change the dialect of one of the caller's own sources; false when it is none of theirs."""
    if not await is_own_source(dependencies, source_id, by=by):
        return False
    async with transaction(dependencies.pool) as connection:
        await storage.put_dialect(connection, source_id, dialect, at=dependencies.clock())
    dependencies.dialects.pop(source_id, None)
    return True
