"""Tells what became of an applied event, for the receipt of its sender."""

from uuid import UUID

from services.pathway.domain.pathway import Mark
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.storage import outcomes, pathways
from shared.spine.service.outcome import EventOutcome as SpineOutcome


class EventOutcome(SpineOutcome, frozen=True, kw_only=True):
    """What a receipt shows of pathway."""

    marks: tuple[Mark, ...] = ()
    """What contradicts the event's movement, as far as is known now."""


async def event_outcome(dependencies: Dependencies, event_id: UUID) -> tuple[str | None, EventOutcome]:
    """The establishment that stated an applied event, and what is shown of it.

    An event that is not about a movement names no establishment.
    """
    known = await outcomes.applied_event(dependencies.pool, event_id)
    if known is None:
        return None, EventOutcome(state="applied")
    pathway = await pathways.read(dependencies.pool, known.person_id)
    movements = pathway.movements if pathway else ()
    marks = (movement.marks for movement in movements if movement.movement_id == known.movement_id)
    return known.establishment, EventOutcome(state="applied", marks=next(marks, ("reassigned",)))
