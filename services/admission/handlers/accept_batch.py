"""Accepts many movements of one source by one commit, each with an outcome of its own."""

import asyncio
from collections.abc import Sequence

import msgspec

from services.admission.domain.movement import ParsedMovement
from services.admission.domain.receipt import Outcome
from services.admission.domain.submission import Submission
from services.admission.handlers.accept_movement import (
    ask_for_affiliations,
    prepare_submission,
    tolerance_of,
)
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import Flushed
from shared.security.principal import Principal
from shared.telemetry import tracing

YIELD_EVERY = 50
"""So many movements are prepared before the event loop turns to other requests."""


Prepared = Submission | Exception
"""A submission, or what is wrong with that one movement."""

Answer = Outcome | Exception
"""`NotCommitted` where nobody can tell; any other exception is about that one movement."""


async def prepare_batch(
    dependencies: Dependencies, movements: Sequence[ParsedMovement], *, source: Principal
) -> list[Prepared]:
    """The submissions that `accept_batch` takes, in order; nothing is stored yet."""
    source_id, trace = source.source_id, tracing.current_trace()
    tolerance = await tolerance_of(dependencies, source_id)
    await ask_for_affiliations(dependencies, {one.movement.establishment for one in movements})
    prepared: list[Prepared] = []
    for parsed in movements:
        try:
            submission = prepare_submission(
                dependencies,
                parsed,
                source_id=source_id,
                key_id=source.key_id,
                tolerance=tolerance,
                trace=trace,
            )
            prepared.append(submission)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            prepared.append(error)
        if len(prepared) % YIELD_EVERY == 0:
            await asyncio.sleep(0)
    return prepared


async def accept_batch(dependencies: Dependencies, prepared: Sequence[Prepared]) -> list[Answer]:
    """The answer to each, after the commit, in order; of several under one id the first one counts."""
    with tracing.span("ledger commit", attributes={"relais.batch.size": len(prepared)}) as span:
        submissions = [one for one in prepared if isinstance(one, Submission)]
        settled = iter(await dependencies.ndjson_commits.submit_all(submissions))
        answers = [next(settled) if isinstance(one, Submission) else one for one in prepared]
        flushes = {one.flush.span_id: one.flush for one in answers if isinstance(one, Flushed)}
        for flush in flushes.values():
            span.add_link(flush)
    return [answer.outcome if isinstance(answer, Flushed) else answer for answer in answers]
