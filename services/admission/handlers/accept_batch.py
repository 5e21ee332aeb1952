"""How are many movements of one source accepted? By one commit for all, each with an answer of its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from services.admission.domain.movement import StatedMovement
from services.admission.domain.receipt import Outcome
from services.admission.handlers.commit_submissions import Flushed
from services.admission.handlers.group_commit import GroupCommit
from services.admission.handlers.submission import Prepare, Submission
from services.admission.handlers.tolerances import Tolerances
from shared.events.envelope import TraceContext
from shared.security.principal import Principal
from shared.telemetry import tracing

AT_A_TIME = 50
"""Movements that are prepared before somebody else's request has its turn."""

BATCHES_AT_ONCE = 8
"""Their bodies are in memory; who comes meanwhile comes back later."""

Stated = tuple[StatedMovement, bytes]
"""A movement and the body that states it."""

Prepared = Submission | Exception
"""What can be committed; or what is wrong with that one movement."""

Answer = Outcome | Exception
"""`NotCommitted` where nobody can tell; any other exception is about that one movement."""


@dataclass(frozen=True, slots=True)
class AcceptBatch:
    """The door of the spine for whoever has many at once."""

    prepare: Prepare
    tolerances: Tolerances
    group_commit: GroupCommit[Submission, Flushed]
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BATCHES_AT_ONCE))

    async def prepare_all(self, stated: Sequence[Stated], *, source: Principal) -> list[Prepared]:
        """What `commit_all` takes, in order; here others have their turn, and nothing is stored."""
        tolerance = await self.tolerances.of(source.source_id)
        trace = tracing.current_trace()
        prepared: list[Prepared] = []
        for one in stated:
            prepared.append(self._prepared(one, source, tolerance, trace))
            if len(prepared) % AT_A_TIME == 0:
                await asyncio.sleep(0)
        return prepared

    async def commit_all(self, prepared: Sequence[Prepared]) -> list[Answer]:
        """What became of each, after the commit, in order; of several under one id the first one counts."""
        with tracing.span("ledger commit", attributes={"relais.batch.size": len(prepared)}) as span:
            submissions = [one for one in prepared if isinstance(one, Submission)]
            settled = iter(await self.group_commit.submit_all(submissions))
            answers = [next(settled) if isinstance(one, Submission) else one for one in prepared]
            flushes = {one.flush.span_id: one.flush for one in answers if isinstance(one, Flushed)}
            for flush in flushes.values():
                span.add_link(flush)
        return [answer.outcome if isinstance(answer, Flushed) else answer for answer in answers]

    def _prepared(
        self, one: Stated, source: Principal, tolerance: timedelta, trace: TraceContext
    ) -> Prepared:
        movement, body = one
        try:
            return self.prepare(
                movement, body=body, source_id=source.source_id, tolerance=tolerance, trace=trace
            )
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return error
