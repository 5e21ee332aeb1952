"""Keeps the result of the last comparison with each publisher, for the API, the report and the metrics."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from shared.database.pool import Executor
from shared.runtime.clock import Clock
from shared.spine.reconciliation.hours.windows import EventKey
from shared.telemetry import metrics

MAX_NAMED: Final = 100
"""Events that are named at most; the numbers count all of them."""

_STORE: Final = """
INSERT INTO reconciliations (publisher, completed_at, result) VALUES ($1, $2, $3::jsonb)
ON CONFLICT (publisher) DO UPDATE SET completed_at = excluded.completed_at, result = excluded.result
"""
_READ: Final = "SELECT result::text FROM reconciliations WHERE publisher = $1"


class Repairs(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, and repaired, in cells that differed though nothing was on its way."""

    pulled: int = 0
    """Missing events that were pulled and applied or parked."""
    corrected: int = 0
    """Events whose time of recording was corrected."""
    missing: int = 0
    """Recorded by the publisher, and not to be had here even by pulling."""
    unknown: int = 0
    """Held here, and not known to the publisher: nothing explains that."""
    missing_named: tuple[EventKey, ...] = ()
    unknown_named: tuple[EventKey, ...] = ()

    def plus(
        self, *, pulled: int, corrected: int, missing: Sequence[EventKey], unknown: Sequence[EventKey]
    ) -> "Repairs":
        """Return the sum of this and what was found in one more cell."""
        return Repairs(
            pulled=self.pulled + pulled,
            corrected=self.corrected + corrected,
            missing=self.missing + len(missing),
            unknown=self.unknown + len(unknown),
            missing_named=(*self.missing_named, *missing)[:MAX_NAMED],
            unknown_named=(*self.unknown_named, *unknown)[:MAX_NAMED],
        )


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One complete comparison."""

    completed_at: datetime
    until: datetime
    """What was recorded before this was compared."""
    seconds: float
    windows: int
    """How many hours were compared; the others were sealed and equal."""
    short: int
    """The deficit: how many events fewer this service held than the publisher, those on their way too."""
    holes: int
    """Sequence numbers that the publisher does not have, though it has later ones."""
    mended: Repairs

    @property
    def unexplained(self) -> int:
        """The events and sequence numbers that no further comparison will repair: a person must look."""
        return self.mended.missing + self.mended.unknown + self.holes


async def store(connection: Executor, publisher: str, result: Result) -> None:
    """Replace the last result for a publisher."""
    text = msgspec.json.encode(result).decode()
    await connection.execute(_STORE, publisher, result.completed_at, text)


async def last(connection: Executor, publisher: str) -> Result | None:
    """Return the last result for a publisher, whichever process stored it; None before the first."""
    text = await connection.fetchval(_READ, publisher)
    return None if text is None else msgspec.json.decode(text, type=Result)


class ResultMetrics:
    """The metrics of one publisher; every worker shows the same, whichever of them compared."""

    def __init__(self, publisher: str, clock: Clock) -> None:
        self._publisher = publisher
        self._clock = clock
        self._completed_at = clock()
        metrics.reconciliation_age_seconds.labels(publisher).set_function(self._age_seconds)

    def show(self, result: Result | None) -> None:
        """Show a result, unless it is the one that is shown already."""
        if result is None or result.completed_at == self._completed_at:
            return
        self._completed_at = result.completed_at
        metrics.reconciliation_missing.labels(self._publisher).set(result.short)
        metrics.reconciliation_unexplained.labels(self._publisher).set(result.unexplained)
        metrics.reconciliation_unknown.labels(self._publisher).set(result.mended.unknown)
        metrics.reconciliation_seconds.labels(self._publisher).observe(result.seconds)

    def _age_seconds(self) -> float:
        return (self._clock() - self._completed_at).total_seconds()
