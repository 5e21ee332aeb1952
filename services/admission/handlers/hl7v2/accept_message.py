"""Accepts the movements of one HL7 v2 message: they are committed together, and known again as one."""

from collections.abc import Sequence

from msgspec.structs import replace

from services.admission.domain.adt.synthesised_numbers import SynthesisedNumber
from services.admission.domain.movement import ParsedMovement
from services.admission.domain.receipt import Outcome
from services.admission.domain.submission import Submission
from services.admission.domain.whole_messages import numbered
from services.admission.handlers.accept_movement import ask_for_affiliations, prepare_submission, tolerance_of
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.hl7v2.synthesised_numbers import with_its_number
from shared.security.principal import Principal
from shared.telemetry import tracing


async def accept_message(
    dependencies: Dependencies,
    movements: Sequence[tuple[ParsedMovement, SynthesisedNumber | None]],
    *,
    content: bytes,
    source: Principal,
) -> tuple[Outcome, bool]:
    """The outcome of the message, after the commit; `content` is the digest by which it is known again.

    With it, whether a synthesised number would have been that of another person's stay.
    Raises `NotCommitted` when nobody can tell what became of it.
    """
    tolerance = await tolerance_of(dependencies, source.source_id)
    await ask_for_affiliations(dependencies, {each.movement.establishment for each, _ in movements})
    with tracing.span("ledger commit") as span:
        submissions: list[Submission] = []
        is_of_another = False
        for place, (parsed, synthesised) in enumerate(movements):
            submission = prepare_submission(
                dependencies,
                parsed,
                source_id=source.source_id,
                key_id=source.key_id,
                tolerance=tolerance,
                trace=tracing.current_trace(),
                content=content,
            )
            if synthesised is not None:
                submission, is_taken = await with_its_number(
                    dependencies, submission, synthesised, parsed.movement.action
                )
                is_of_another |= is_taken
            first = submissions[0] if submissions else submission
            key = numbered(submission.source_event_id, place)
            submissions.append(replace(submission, source_event_id=key, message_event_id=first.event_id))
        flushed = await dependencies.request_commits.submit_together(submissions)
        span.add_link(flushed[0].flush)
    return flushed[0].outcome, is_of_another
