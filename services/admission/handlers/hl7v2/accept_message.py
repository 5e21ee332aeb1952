"""Accepts the movements of one HL7 v2 message: they are committed together, and known again as one."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from services.admission.domain.movement import StatedMovement
from services.admission.domain.receipt import Outcome
from services.admission.domain.submission import Submission
from services.admission.domain.whole_messages import numbered
from services.admission.handlers.accept_movement import (
    ask_for_affiliations,
    prepare_submission,
    tolerance_of,
)
from services.admission.handlers.dependencies import Dependencies
from shared.security.principal import Principal
from shared.telemetry import tracing


class StatedPart(Struct, frozen=True):
    """A movement of the message, its own body, and what of it was left out."""

    movement: StatedMovement
    body: bytes
    ignored: tuple[str, ...] = ()


async def accept_message(
    dependencies: Dependencies, parts: Sequence[StatedPart], *, content: bytes, source: Principal
) -> Outcome:
    """The outcome of the message, after the commit; `content` is the digest by which it is known again.

    Raises `NotCommitted` when nobody can tell what became of it.
    """
    tolerance = await tolerance_of(dependencies, source.source_id)
    await ask_for_affiliations(dependencies, {part.movement.establishment for part in parts})
    with tracing.span("ledger commit") as span:
        submissions: list[Submission] = []
        for place, part in enumerate(parts):
            submission = prepare_submission(
                dependencies,
                part.movement,
                body=part.body,
                ignored=part.ignored,
                source_id=source.source_id,
                key_id=source.key_id,
                tolerance=tolerance,
                trace=tracing.current_trace(),
                content=content,
            )
            first = submissions[0] if submissions else submission
            key = numbered(submission.source_event_id, place)
            submissions.append(replace(submission, source_event_id=key, message=first.event_id))
        flushed = await dependencies.request_commits.submit_together(submissions)
        span.add_link(flushed[0].flush)
    return flushed[0].outcome
