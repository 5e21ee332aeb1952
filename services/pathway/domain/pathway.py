"""Defines a person's pathway: movements, stays and expectations, as they are stored and shown.

The states of an expectation follow each other so; that it is overdue is judged (`judgement`), not computed:

    open ──> met          arrived by due_at
      │  └─> met_late     arrived after due_at
      ├────> elsewhere    admitted at a third establishment
      ├────> returned     back where the person left
      ├────> closed       a person said, with a reason, that it ended
      ├────> overdue      judged so: the rupture is open ──> any of the others: the rupture is closed
      └────> withdrawn    the departure was cancelled, goes elsewhere, is another person's; or a death

Corrections go against every arrow: a cancelled arrival makes a met expectation open or overdue again.
"""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from shared.events.admission import ClassOfStay, Place, ReassignmentReason, Responsibility
from shared.stays.doubts import StatementMark
from shared.stays.presences import ContradictionMark

Mark = (
    ContradictionMark
    | StatementMark
    | Literal[
        "overlapping_stay",
        "ended_by_next_stay",
        "met_under_another_number",
        "unknown_deadline",
        "reassigned",
        "after_death",
        "after_death_elsewhere",
    ]
)
"""Why a movement contradicts the other facts known about the person, or has not the effect that it states.

`unknown_deadline`: when the person is expected can be no deadline, so the default is watched instead.
`ended_by_next_stay`: the end of the emergency stay was not stated; the next stay there began, which ended it.
`met_under_another_number`: of a planned stay and its plan: the person came as planned, under another number.
`reassigned`: the movement is another person's by now, and is not shown here; only receipts have this mark.
`after_death`: a death is stated before it, so that nobody is told of it and nothing is awaited.
`after_death_elsewhere`: the same, where only others stated the death; they alone know of it.
"""

Ending = Literal["elsewhere", "returned"]
"""How the facts end an expectation without the arrival: at a third establishment, or back at the first."""

State = Literal["open", "overdue", "met", "met_late", "elsewhere", "returned", "closed", "withdrawn"]

FurtherState = Literal["open", "overdue", "met", "met_late", "ended", "withdrawn"]
"""`ended`: something else happened, after which it cannot come any more, or a person said so."""

Status = Literal["planned", "in_progress", "on_leave", "on_the_way", "finished", "cancelled", "unknown"]
"""`on_leave`: out for some time, and the bed is kept.

`on_the_way`: left for another establishment, and neither discharged here nor arrived there yet, nor dead.
`unknown`: something happened in it, and nothing says whether the person is there.
"""

IN_PROGRESS: Final[tuple[Status, ...]] = ("in_progress", "on_leave")
"""Of who has a place there, whether in it or on leave."""


class MovementState(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A movement as it is known now and shown on the timeline: its content, then what became of it."""

    movement_id: UUID
    stay_id: UUID
    kind: str
    """admission, transfer, discharge, leave, return; more may come, without effect where they are unknown."""
    source_id: UUID
    establishment: str
    occurred_at: datetime
    emitted_at: datetime
    recorded_at: datetime
    """When we recorded the event whose content this is."""
    unit: str | None = None
    class_of_stay: ClassOfStay | None = None
    origin: Place | None = None
    destination: Place | None = None
    legal_entity: str | None = None
    """Of the establishment, where the directory lists it."""
    corrected: bool = False
    """It was once stated with other content."""
    cancelled: bool = False
    planned: bool = False
    """It is dated ahead, and has had no effect yet."""
    marks: tuple[Mark, ...] = ()
    """Of the movement, and of everything that was stated about it."""
    expected_at: datetime | None = None
    """When the person is expected back, of a leave."""
    responsibility: Responsibility | None = None
    """Who answers for the person from then on, apart from the unit in which they lie."""


class Stay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person's time in one establishment."""

    stay_id: UUID
    establishment: str
    status: Status
    started_at: datetime
    """The admission or, while that is unknown, the first movement."""
    ended_at: datetime | None = None
    """The discharge, the departure for another establishment, or the beginning of the next stay there."""
    class_of_stay: ClassOfStay | None = None
    unit: str | None = None
    marks: tuple[Mark, ...] = ()
    responsibility: Responsibility | None = None
    """Of each part, the newest that was stated."""


class Expectation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An arrival that should follow a departure."""

    expectation_id: UUID
    departure_movement_id: UUID
    from_establishment: str
    to_establishment: str
    departed_at: datetime
    due_at: datetime
    rules_version: int
    known_at: datetime | None = None
    """When we first recorded that the person leaves for there."""
    arrival_movement_id: UUID | None = None
    arrived_at: datetime | None = None
    withdrawn: bool = False
    reassigned: ReassignmentReason | None = None
    """Why the departure is no fact of this person any more, where that is why nobody is expected."""
    ended_as: Ending | None = None
    ended_at: datetime | None = None
    """When it ended without the arrival; of one that is withdrawn, the death before which it was open."""
    ended_by_movement_id: UUID | None = None
    """The movement that shows that nobody needs to wait any more."""
    deadline_unknown: bool = False
    """The departure names a time at which nobody can be expected, so the default is watched."""


class FurtherExpectation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something else that should follow within a stay; `kind` says what: the return after a leave."""

    expectation_id: UUID
    kind: str
    movement_id: UUID
    """The movement that leads to expect it."""
    stay_id: UUID
    establishment: str
    since: datetime
    due_at: datetime
    rules_version: int
    known_at: datetime | None = None
    """When we first recorded that it is expected."""
    ended_at: datetime | None = None
    ended_by_movement_id: UUID | None = None
    met: bool = False
    """What ended it is what was expected."""
    withdrawn: bool = False
    reassigned: ReassignmentReason | None = None
    """Why what led to expect it is no fact of this person any more, where that is why nobody waits."""


class Pathway(msgspec.Struct, frozen=True, kw_only=True):
    """A person's stays and movements across establishments, each in order of time."""

    stays: tuple[Stay, ...]
    movements: tuple[MovementState, ...]
    establishments: tuple[str, ...]
    """Those that stated anything about the person, cancelled or not."""
    expectations: tuple[Expectation, ...]
    """Every arrival that is or ever was expected, in order of departure."""
    further_expectations: tuple[FurtherExpectation, ...] = ()
    """Whatever else is or ever was expected."""


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word that nobody needs to wait any more; what movements show comes before it."""

    closed_at: datetime
    author: str
    reason: str


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What the watch and persons add to an expectation, beside the facts."""

    overdue: bool = False
    closure: Closure | None = None
