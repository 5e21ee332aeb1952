"""How is a movement accepted? It waits for a group commit, under a span that its event will continue."""

from dataclasses import dataclass

from services.admission.domain.movement import StatedMovement
from services.admission.domain.receipt import Outcome
from services.admission.handlers.commit_submissions import Flushed
from services.admission.handlers.group_commit import GroupCommit
from services.admission.handlers.submission import Prepare, Submission
from services.admission.handlers.tolerances import Tolerances
from shared.security.principal import Principal
from shared.telemetry import tracing


@dataclass(frozen=True, slots=True)
class AcceptMovement:
    """The door of the spine."""

    prepare: Prepare
    tolerances: Tolerances
    group_commit: GroupCommit[Submission, Flushed]

    async def __call__(self, movement: StatedMovement, *, body: bytes, source: Principal) -> Outcome:
        """What became of it, after the commit; raises `NotCommitted` when nobody can tell."""
        tolerance = await self.tolerances.of(source.source_id)
        with tracing.span("ledger commit") as span:
            submission = self.prepare(
                movement,
                body=body,
                source_id=source.source_id,
                tolerance=tolerance,
                trace=tracing.current_trace(),
            )
            flushed = await self.group_commit.submit(submission)
            span.add_link(flushed.flush)
        return flushed.outcome
