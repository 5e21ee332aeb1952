"""Groups statements into facts and orders the versions of each."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from shared.events.admission import (
    Movement,
    MovementCancelled,
    MovementReassigned,
    MovementUpdated,
    PersonsMerged,
    PersonsUnmerged,
)
from shared.events.envelope import Payload, RecordedEvent
from shared.events.pathway import (
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    FurtherExpectationStated,
    RuptureClosed,
    RuptureOpened,
)

_ARRIVALS: Final = (ExpectationOpened, ExpectationMet, ExpectationWithdrawn, RuptureOpened, RuptureClosed)

_STATES: Final = ("open", "overdue", "met", "met_late", "ended", "withdrawn")

_ONE_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The same for every version of what one service states: their order is that of publication."""

FactHistory = list[RecordedEvent]
"""The versions of one fact, each once; an update among them has what it leaves as it was.

Last comes that the movement is another person's, if nothing was published of it since; otherwise first.
"""

_MAY_BE_LEFT: Final = ("unit", "class_of_stay", "origin", "destination")


def facts(events: Iterable[RecordedEvent]) -> list[FactHistory]:
    """Movements by when the source emitted each version, and expectations as pathway numbered them."""
    grouped: dict[UUID, dict[UUID, RecordedEvent]] = defaultdict(dict)
    for event in events:
        fact = _about(event.data)
        if fact is not None:
            grouped[fact][event.event_id] = event
    return [_in_order(list(versions.values())) for versions in grouped.values()]


def said_until(fact: FactHistory, end: RecordedEvent) -> list[RecordedEvent]:
    """What was stated of a movement when it was given to another person; cancels state nothing."""
    return [
        event
        for event in fact
        if isinstance(event.data, Movement) and not isinstance(event.data, MovementCancelled)
        if event.sequence < end.sequence
    ]


def _in_order(versions: list[RecordedEvent]) -> FactHistory:
    about = [each for each in versions if not isinstance(each.data, MovementReassigned)]
    first = min((each.sequence for each in about if not isinstance(each.data, MovementCancelled)), default=0)
    stated = _filled_in(sorted(about, key=partial(_place, first=first)))
    given_away = sorted(
        (each for each in versions if isinstance(each.data, MovementReassigned)),
        key=lambda each: each.sequence,
    )
    if not given_away or any(each.sequence > given_away[-1].sequence for each in stated):
        return [*given_away, *stated]
    return [*given_away[:-1], *stated, given_away[-1]]


def _filled_in(versions: FactHistory) -> FactHistory:
    """The versions, where what an update does not name is what it was before.

    While some of the earlier ones were not known, it meant something else, and that may have been told: so
    whatever else it may have meant comes before what it means.
    """
    filled: FactHistory = []
    before: Movement | None = None
    ever: list[Movement] = []
    for event in versions:
        movement = event.data
        if not isinstance(movement, Movement) or isinstance(movement, MovementCancelled):
            filled.append(event)
            continue
        if isinstance(movement, MovementUpdated) and movement.names is not None:
            if before is None:  # nothing earlier is known
                filled.append(event)
                continue
            before = _with(movement, before)
            meant = {_news_parts(each): each for each in (_with(movement, base) for base in ever)}
            meant.pop(_news_parts(before), None)
            filled += [replace(event, data=each) for each in meant.values()]
            ever += meant.values()
        else:
            before = movement
        if _news_parts(before) not in map(_news_parts, ever):
            ever.append(before)
        filled.append(replace(event, data=before))
    return filled


def _with(update: MovementUpdated, before: Movement) -> MovementUpdated:
    left = {name: getattr(before, name) for name in _MAY_BE_LEFT if name not in (update.names or ())}
    return replace(update, **left, names=None)


def _news_parts(movement: Movement) -> tuple[object, ...]:
    """The fields that may be left and that decide who is told what."""
    ends = (movement.origin, movement.destination)
    places = (None if end is None else (end.mode, end.establishment) for end in ends)
    return (movement.class_of_stay, *places)


def establishment_of(payload: Payload) -> str | None:
    """The establishment whose fact it is, under which its obligations are counted."""
    if isinstance(payload, Movement | MovementReassigned | FurtherExpectationStated):
        return payload.establishment
    return payload.from_establishment if isinstance(payload, _ARRIVALS) else None


def _about(payload: Payload) -> UUID | None:
    if isinstance(payload, Movement | MovementReassigned):
        return payload.movement_id
    if isinstance(payload, PersonsMerged | PersonsUnmerged):
        return payload.merge_id
    if isinstance(payload, FurtherExpectationStated) and not _is_known(payload):
        return None
    return payload.expectation_id if isinstance(payload, (*_ARRIVALS, FurtherExpectationStated)) else None


def _is_known(wait: FurtherExpectationStated) -> bool:
    return wait.kind == "return" and wait.state in _STATES


def _place(event: RecordedEvent, *, first: int) -> tuple[datetime, bool, int]:
    """By emission; what came before all that it cancels is the last of its emission."""
    if isinstance(event.data, Movement):
        emitted_at = event.data.ordered_at or event.data.emitted_at
        return (emitted_at, event.sequence < first, event.sequence)
    return (_ONE_MOMENT, False, event.sequence)
