"""Takes back facts that their publisher never recorded."""

from collections.abc import Sequence
from uuid import UUID

from services.indicators.handlers.dependencies import Dependencies
from services.indicators.storage.facts import remove
from shared.database.pool import Connection


async def take_back_facts(
    _dependencies: Dependencies, connection: Connection, event_ids: Sequence[UUID], _recorded: object
) -> None:
    """Remove what these events stated: every figure is computed from the facts that are left."""
    await remove(connection, event_ids)
