"""Tells what became of an applied event, for the receipt of its sender."""

from typing import Final, get_args
from uuid import UUID

from services.pathway.domain.pathway import Mark
from services.pathway.domain.stays import without_others
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.storage import movement_events, outcomes, pathways
from shared.spine.service.outcome import EventOutcome as SpineOutcome
from shared.stays.doubts import StatementMark, doubts_of
from shared.stays.movements import movement_histories

_OF_STATEMENTS: Final[frozenset[Mark]] = frozenset(get_args(StatementMark))


class EventOutcome(SpineOutcome, frozen=True, kw_only=True):
    """What a receipt shows of pathway."""

    marks: tuple[Mark, ...] = ()
    """What contradicts the event's movement, and what the event lacks of its effect, by what is known."""


async def event_outcome(dependencies: Dependencies, event_id: UUID) -> tuple[str | None, EventOutcome]:
    """The establishment that stated an applied event, and what is shown of it.

    An event that is not about a movement names no establishment.
    """
    known = await outcomes.applied_event(dependencies.pool, event_id)
    if known is None:
        return None, EventOutcome(state="applied")
    pathway = await pathways.read(dependencies.pool, known.person_id)
    movements = pathway.movements if pathway else ()
    shown = next((each for each in movements if each.movement_id == known.movement_id), None)
    if shown is None:
        return known.establishment, EventOutcome(state="applied", marks=("reassigned",))
    marks: set[Mark] = set(without_others(shown.marks))
    if not marks.isdisjoint(_OF_STATEMENTS):
        stated = await movement_events.about_movement(dependencies.pool, known.person_id, known.movement_id)
        doubts = {
            event: found for each in movement_histories(stated) for event, found in doubts_of(each).items()
        }
        marks = marks - _OF_STATEMENTS | doubts.get(event_id, frozenset())
    return known.establishment, EventOutcome(state="applied", marks=tuple(sorted(marks)))
