"""Says and changes which callers of MLLP speak as which source, while its process runs."""

from collections.abc import Collection, Sequence
from time import monotonic
from typing import Final
from uuid import UUID

from services.admission.domain.hl7v2.callers import Binding, bound_to_others
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.hl7v2 import callers as storage
from services.admission.storage.hl7v2.dialects import source_exists
from shared.database.transaction import transaction
from shared.runtime.errors import RelaisError

CALLERS_SECONDS: Final = 5.0
"""A change counts for the next message in every process within this time."""


class CallersTaken(RelaisError):  # noqa: N818
    """Callers speak as another source already."""

    def __init__(self, callers: Sequence[str]) -> None:
        super().__init__()
        self.callers = callers


async def allowed_callers(dependencies: Dependencies) -> Sequence[Binding]:
    """Who may call, as it was at most some seconds ago."""
    known = dependencies.callers
    if known.until <= monotonic():
        async with known.asks:
            if known.until <= monotonic():  # else another message has just asked
                known.bindings = tuple(await storage.all_callers(dependencies.pool))
                known.until = monotonic() + CALLERS_SECONDS
    return known.bindings


async def read_callers(dependencies: Dependencies, source_id: UUID) -> Sequence[str] | None:
    """The callers that speak as the source; `None` when there is no such source."""
    exists, _ = await source_exists(dependencies.pool, source_id)
    return await storage.callers_of(dependencies.pool, source_id) if exists else None


async def change_callers(
    dependencies: Dependencies, source_id: UUID, callers: Collection[str]
) -> Sequence[str] | None:
    """Let these speak as the source, and no others; `None` when there is no such source.

    Raises `CallersTaken` when any of them is another's, by what was allowed or by the settings; then nothing
    has changed.
    """
    exists, _ = await source_exists(dependencies.pool, source_id)
    if not exists:
        return None
    if preset := bound_to_others(dependencies.preset_callers, callers, source_id):
        raise CallersTaken(preset)
    async with transaction(dependencies.pool) as connection:
        taken = await storage.put_callers(connection, source_id, callers, at=dependencies.clock())
        if taken:
            raise CallersTaken(taken)
    dependencies.callers.until = 0.0
    return sorted(callers)
