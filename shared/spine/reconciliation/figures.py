"""Which figures show how complete a consumer is?"""

from shared.runtime.clock import Clock
from shared.spine.reconciliation.result import Result
from shared.telemetry import metrics


class Figures:
    """Those of one publisher; every worker shows the same, whichever of them compares."""

    def __init__(self, publisher: str, clock: Clock) -> None:
        self._publisher = publisher
        self._clock = clock
        self._completed_at = clock()
        metrics.reconciliation_age_seconds.labels(publisher).set_function(self._age_seconds)

    def show(self, result: Result | None) -> None:
        """After a turn, or after another worker's."""
        if result is None or result.completed_at == self._completed_at:
            return
        self._completed_at = result.completed_at
        metrics.reconciliation_missing.labels(self._publisher).set(result.short)
        metrics.reconciliation_unexplained.labels(self._publisher).set(result.unexplained)
        metrics.reconciliation_seconds.labels(self._publisher).observe(result.seconds)

    def _age_seconds(self) -> float:
        return (self._clock() - self._completed_at).total_seconds()
