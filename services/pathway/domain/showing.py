"""Says what is shown of a pathway, in which pages, and to whom.

Stating is not seeing (decision 0030). A reader sees the stays that they stated, and what a relation shows of
others. Nothing else may be told either, not even by what it leads to: an expectation that somebody else
ended, a stay that overlaps with somebody else's, the name of a third establishment.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.pathway.domain.further.showing import WatchedFurther
from services.pathway.domain.pathway import Expectation, MovementState, Pathway, State, Stay, Watched
from services.pathway.domain.stays import shown_to_others, without_others
from shared.events.admission import Place
from shared.security.policy.decide import Decision
from shared.stays.relations import ALWAYS, Relation
from shared.stays.statements import TimelineKey, rank_of

TRANSFER_SHOWN_FOR: Final = timedelta(days=30)
"""Both ends of a transfer see each other's stay for so long after the arrival (decision 0030)."""
_END_TOLD_FOR: Final = TRANSFER_SHOWN_FOR
"""An end of an expectation is told when it comes within this time after it was due."""
_DEPARTURE_STATED_WITHIN: Final = TRANSFER_SHOWN_FOR
"""Nothing is told of what is expected after a departure that was stated later than this after it happened."""

UNWATCHED: Final = Watched()

WatchedExpectation = tuple[Expectation, Watched]


class Seen(NamedTuple):
    """What one reader may see of a pathway."""

    stays: Sequence[Stay]
    movements: Sequence[MovementState]
    expectations: Sequence[WatchedExpectation]
    further: Sequence[WatchedFurther] = ()


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some movements, newest first."""

    movements: tuple[MovementState, ...]
    next_before: TimelineKey | None
    """Where the next page begins; `None` on the last one."""


def timeline_page(movements: Sequence[MovementState], *, before: TimelineKey | None, limit: int) -> Page:
    """The newest `limit` movements that come before a key; `movements` are in timeline order.

    A page ends at a movement, and the next one begins before it, whatever was inserted meanwhile: a movement
    is on two pages only when it was moved into the past, on none only when it was moved into the future.
    """
    earlier = [movement for movement in movements if before is None or _timeline_key(movement) < before]
    page = tuple(reversed(earlier[-limit:]))
    return Page(movements=page, next_before=_timeline_key(page[-1]) if len(earlier) > limit else None)


def _timeline_key(movement: MovementState) -> TimelineKey:
    """When it happened, entry before exit at the same instant, then the id."""
    rank = rank_of(movement.kind, movement.destination, movement.establishment)
    return (movement.occurred_at, rank, movement.movement_id)


def state_of(expectation: Expectation, *, overdue: bool, closed: bool) -> State:
    """What the expectation has come to: by the facts or, where they end nothing, by a person or the watch."""
    if expectation.withdrawn:
        return "withdrawn"
    if expectation.arrived_at is not None:
        return "met_late" if expectation.arrived_at > expectation.due_at else "met"
    if expectation.ended_as is not None:
        return expectation.ended_as
    if closed:
        return "closed"
    return "overdue" if overdue else "open"


def known_to(pathway: Pathway) -> list[str]:
    """The establishments that a relation shows something to, now or at any other time."""
    known = {stay.establishment for stay in pathway.stays if stay.status != "cancelled"}
    return sorted(known.union(*(relation.establishments for relation in _of_transfers(pathway))))


def relations_of(pathway: Pathway) -> Iterator[Relation]:
    """The relations that follow from the facts as they are known now: what was cancelled gives none."""
    own: dict[str, set[UUID]] = defaultdict(set)
    for stay in pathway.stays:
        if stay.status != "cancelled":
            own[stay.establishment].add(stay.stay_id)
    for establishment, stays in own.items():
        yield Relation(
            establishments=frozenset({establishment}),
            basis="states",
            begins_at=ALWAYS,
            stays=frozenset(stays),
        )
    yield from _of_transfers(pathway)


def _of_transfers(pathway: Pathway) -> Iterator[Relation]:
    if pathway.expectations:
        movements = {movement.movement_id: movement for movement in pathway.movements}
        for expectation in pathway.expectations:
            if not expectation.withdrawn or _ended_by_death(expectation):
                yield from _of_transfer(expectation, movements)


def _of_transfer(expectation: Expectation, movements: Mapping[UUID, MovementState]) -> Iterator[Relation]:
    """What a transfer shows to its ends: to each, the stay of the other that names it.

    The departure names the destination, so the destination sees it. The establishment that was left sees the
    stay after the arrival only where that one names it as the origin: nobody is shown anything on their own
    word alone.
    """
    departure = movements[expectation.departure_movement_id]
    arrival = movements.get(expectation.arrival_movement_id) if expectation.arrival_movement_id else None
    arrived_in = expectation.to_establishment if arrival is None else arrival.establishment
    yield Relation(
        establishments=frozenset({expectation.to_establishment, arrived_in}),
        basis="transfer",
        begins_at=expectation.departed_at,
        ends_at=_end_of(expectation),
        stays=frozenset({departure.stay_id}),
    )
    if arrival is not None and expectation.arrived_at is not None:
        left = {departure.establishment, departure.legal_entity}
        origins = {
            movement.origin.establishment
            for movement in movements.values()
            if movement.stay_id == arrival.stay_id and movement.origin and not movement.cancelled
        }
        if not (left & origins) - {None}:
            return
        yield Relation(
            establishments=frozenset({departure.establishment}),
            basis="transfer",
            begins_at=expectation.arrived_at,
            ends_at=_later(expectation.arrived_at, TRANSFER_SHOWN_FOR),
            stays=frozenset({arrival.stay_id}),
        )


def relations_to_expectation(expectation: Expectation) -> Iterator[Relation]:
    """Who may know how it stands: the establishment that was left, and the one that is expected in."""
    if _was_stated_in_time(expectation) and not _ended_too_late(expectation):
        left = frozenset({expectation.from_establishment})
        yield Relation(establishments=left, basis="states", begins_at=ALWAYS)
    if not expectation.withdrawn:
        expecting = frozenset({expectation.to_establishment})
        yield Relation(
            establishments=expecting,
            basis="transfer",
            begins_at=expectation.departed_at,
            ends_at=_end_of(expectation),
        )


def _ended_by_death(expectation: Expectation) -> bool:
    """Whether the departure stands, and nobody is expected as the person died."""
    return expectation.withdrawn and expectation.ended_at is not None


def _end_of(expectation: Expectation) -> datetime:
    """Until when the destination sees the departure; of who died on the way, as if they had come then."""
    if expectation.withdrawn and expectation.ended_at is not None:
        return _later(max(expectation.ended_at, expectation.departed_at), TRANSFER_SHOWN_FOR)
    if expectation.arrived_at is None and expectation.ended_at is not None:
        return expectation.ended_at
    return _later(expectation.arrived_at or expectation.due_at, TRANSFER_SHOWN_FOR)


def seen_by(
    pathway: Pathway, watched: Mapping[UUID, Watched], *, decision: Decision, own: Sequence[str]
) -> Seen:
    """What the decision shows; `own` are the establishments of the reader."""
    expectations = [
        (expectation, watched.get(expectation.expectation_id, UNWATCHED))
        for expectation in pathway.expectations
        if not expectation.withdrawn
    ]
    if decision.shows_everything or all(stay.establishment in own for stay in pathway.stays):
        return Seen(pathway.stays, pathway.movements, expectations)
    shown = {stay.stay_id for stay in pathway.stays if _shows(decision, stay, own)}
    places = {stay.establishment for stay in pathway.stays if stay.stay_id in shown} | set(own)
    movements = [
        _shown(movement, places, is_own=movement.establishment in own)
        for movement in pathway.movements
        if movement.stay_id in shown
    ]
    stay_of = {movement.movement_id: movement.stay_id for movement in movements}
    seen_expectations = [
        seen
        for expectation, judged in expectations
        if expectation.departure_movement_id in stay_of
        and (seen := _seen_expectation(expectation, judged, stay_of, own=own)) is not None
    ]
    over = [each for each, _ in seen_expectations if _ended_at(each) is not None]
    over += [each for each in pathway.expectations if _ended_by_death(each)]
    stays = [shown_to_others(stay, movements, over) for stay in pathway.stays if stay.stay_id in shown]
    return Seen(stays, movements, seen_expectations)


def _shows(decision: Decision, stay: Stay, own: Sequence[str]) -> bool:
    # One's own stays that were cancelled are shown beside those that were not.
    return stay.establishment in own or decision.shows(stay.stay_id, stay.establishment)


def _shown(movement: MovementState, places: set[str], *, is_own: bool) -> MovementState:
    """Without what only others know, and what others' movements say of third establishments."""
    marks = without_others(movement.marks)
    if is_own:
        return movement if marks is movement.marks else replace(movement, marks=marks)
    return replace(
        movement,
        origin=_shown_place(movement.origin, places),
        destination=_shown_place(movement.destination, places),
        marks=marks,
    )


def _shown_place(place: Place | None, places: set[str]) -> Place | None:
    if place is None or place.establishment is None or place.establishment in places:
        return place
    return replace(place, establishment=None)


def _seen_expectation(
    expectation: Expectation, judged: Watched, stay_of: Mapping[UUID, UUID], *, own: Sequence[str]
) -> WatchedExpectation | None:
    """The expectation as far as it may be told; `None` where its mere state would tell too much."""
    if (expectation.arrival_movement_id or expectation.ended_by_movement_id) in stay_of:
        return expectation, judged
    if expectation.from_establishment not in own:
        return (
            (expectation, judged)
            if _ended_at(expectation) is None and expectation.to_establishment in own
            else None
        )
    if not _was_stated_in_time(expectation):
        return None
    if _ended_too_late(expectation):
        return _without_end(expectation), replace(judged, overdue=True)
    return replace(expectation, arrival_movement_id=None, ended_by_movement_id=None), judged


def _ended_at(expectation: Expectation) -> datetime | None:
    return expectation.arrived_at or expectation.ended_at


def _was_stated_in_time(expectation: Expectation) -> bool:
    """Whether anybody waited when it was stated: a departure of years ago asks what became of somebody."""
    return (
        expectation.known_at is not None
        and expectation.known_at - expectation.departed_at <= _DEPARTURE_STATED_WITHIN
    )


def _ended_too_late(expectation: Expectation) -> bool:
    ended_at = _ended_at(expectation)
    return ended_at is not None and ended_at > _later(expectation.due_at, _END_TOLD_FOR)


def _without_end(expectation: Expectation) -> Expectation:
    return replace(
        expectation,
        arrival_movement_id=None,
        arrived_at=None,
        ended_as=None,
        ended_at=None,
        ended_by_movement_id=None,
    )


def _later(moment: datetime, by: timedelta) -> datetime:
    """A departure may itself be dated 31/12/9999, where the calendar ends."""
    last = datetime.max.replace(tzinfo=moment.tzinfo)
    return min(moment, last - by) + by
