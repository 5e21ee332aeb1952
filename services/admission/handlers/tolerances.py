"""How far ahead may a source's clock run? Asked once per source: nothing changes it."""

from datetime import timedelta
from uuid import UUID

from services.admission.domain.marks import DEFAULT_TOLERANCE
from services.admission.storage.sources import tolerance_seconds_of
from shared.database.pool import Pool

MOST_REMEMBERED = 10_000


class Tolerances:
    """The tolerance of each source."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: dict[UUID, timedelta] = {}

    async def of(self, source_id: UUID) -> timedelta:
        """The source's, or the default for a key that came without a source."""
        known = self._known.get(source_id)
        if known is not None:
            return known
        seconds = await tolerance_seconds_of(self._pool, source_id)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        tolerance = DEFAULT_TOLERANCE if seconds is None else timedelta(seconds=seconds)
        self._known[source_id] = tolerance
        return tolerance
