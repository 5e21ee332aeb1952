"""Decides what to publish of a further expectation: how it stands, whenever that changed."""

from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from services.pathway.domain.further.expectations import state_of
from services.pathway.domain.pathway import Closure, FurtherExpectation, FurtherState
from shared.events.envelope import NewEvent, TraceContext
from shared.events.pathway import FurtherExpectationStated


class PublishedFurther(msgspec.Struct, frozen=True, kw_only=True):
    """A further expectation as it was published last, which is what other services know of it."""

    person_id: UUID
    expectation: FurtherExpectation
    state: FurtherState
    version: int
    """How often it was published; 0 for what was withdrawn before it ever was."""
    trace: TraceContext
    closure: Closure | None = None
    """What a person said of it; kept whatever becomes known later. It never travels on the bus."""


class FurtherChange(msgspec.Struct, frozen=True, kw_only=True):
    """The new published state, and the event that publishes it.

    None for what was withdrawn before anybody heard of it: it is only recorded, as a rebuild would.
    """

    published: PublishedFurther
    event: NewEvent | None


def change_of_further(
    before: PublishedFurther | None,
    expectation: FurtherExpectation,
    *,
    person_id: UUID,
    now: datetime,
    trace: TraceContext,
    overdue: bool,
) -> FurtherChange | None:
    """The change from what was published (`before`) to what holds at `now`; `None` where there is none.

    What was judged overdue stays so while its deadline is past.
    """
    known = before.expectation if before else None
    closure = before.closure if before else None
    was_overdue = before is not None and before.state == "overdue"
    overdue = overdue or (was_overdue and (known == expectation or now > expectation.due_at))
    state = state_of(expectation, overdue=overdue, closed=closure is not None)
    if before is not None and (known, before.state) == (expectation, state):
        return None
    heard = before.version if before else 0
    version = 0 if heard == 0 and state == "withdrawn" else heard + 1
    stated = _stated(expectation, state, closure)
    published = PublishedFurther(
        person_id=person_id,
        expectation=expectation,
        state=state,
        version=version,
        trace=trace,
        closure=closure,
    )
    event = NewEvent(
        # Of two persons, since a stay may move from one to the other.
        event_id=uuid5(expectation.expectation_id, f"{version}/{person_id}"),
        subject=person_id,
        occurred_at=_occurred_at(stated, now),
        data=stated,
        trace=trace,
    )
    return FurtherChange(published=published, event=event if version else None)


def _stated(
    expectation: FurtherExpectation, state: FurtherState, closure: Closure | None
) -> FurtherExpectationStated:
    closed_at = closure.closed_at if closure is not None and state == "ended" else None
    return FurtherExpectationStated(
        expectation_id=expectation.expectation_id,
        kind=expectation.kind,
        movement_id=expectation.movement_id,
        stay_id=expectation.stay_id,
        establishment=expectation.establishment,
        since=expectation.since,
        due_at=expectation.due_at,
        state=state,
        ended_at=expectation.ended_at or closed_at,
        ended_by_movement_id=expectation.ended_by_movement_id,
        reassigned=expectation.reassigned,
    )


def _occurred_at(stated: FurtherExpectationStated, now: datetime) -> datetime:
    if stated.state == "withdrawn":
        return now
    return stated.ended_at or (stated.due_at if stated.state == "overdue" else stated.since)
