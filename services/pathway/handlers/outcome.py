"""What became of an event here? Answers the receipt of whoever stated it."""

from typing import Final
from uuid import UUID

import msgspec

from services.pathway.domain.movements import Mark
from services.pathway.storage import outcomes, pathways
from shared.database.pool import Executor
from shared.security.principal import Principal
from shared.spine.inbox.outcome import PUT_ASIDE, AppliedState, applied_state
from shared.spine.inbox.parked_value import establishment_of_parked

# No establishment has these names: only an operator of the whole platform may see such events.
_UNREADABLE: Final = "unreadable"
_NOT_A_MOVEMENT: Final = "not a movement"


class EventOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt shows of this service."""

    state: AppliedState
    marks: tuple[Mark, ...] = ()
    """What contradicts the event's movement, as far as is known now."""


async def outcome_of(connection: Executor, event_id: UUID, *, principal: Principal) -> EventOutcome | None:
    """None for an event that another establishment stated.

    An event that nobody here has seen is pending for whoever asks: it may be on its way, and saying so
    gives nothing away.
    """
    state = await applied_state(connection, event_id)
    if state == "pending":
        return EventOutcome(state=state)
    if state in PUT_ASIDE:
        stated_by = await establishment_of_parked(connection, event_id)
        return EventOutcome(state=state) if principal.may_see(stated_by or _UNREADABLE) else None
    known = await outcomes.applied_event(connection, event_id)
    if not principal.may_see(known.establishment if known else _NOT_A_MOVEMENT):
        return None
    return EventOutcome(state=state, marks=await _marks(connection, known) if known else ())


async def _marks(connection: Executor, known: outcomes.KnownEvent) -> tuple[Mark, ...]:
    pathway = await pathways.read(connection, known.person_id)
    movements = pathway.movements if pathway else ()
    found = (movement.marks for movement in movements if movement.movement_id == known.movement_id)
    return next(found, ())
