"""What must be published about an expectation? The difference to what was published last.

Ids derive from the expectation and a version that grows with every difference, so a batch that is
applied again states nothing under another id.
"""

from datetime import datetime
from typing import TypedDict
from uuid import UUID, uuid5

import msgspec

from services.pathway.domain.pathway import Expectation, State, state_at
from shared.events.envelope import NewEvent, Payload, TraceContext
from shared.events.pathway import (
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    RuptureClosed,
    RuptureOpened,
)


class Tracked(msgspec.Struct, frozen=True, kw_only=True):
    """An expectation as others know it: what was published of it so far."""

    person_id: UUID
    expectation: Expectation
    state: State
    version: int
    """How many differences were published; 0 for one that was withdrawn before anyone heard of it."""
    trace: TraceContext
    """Of the event that led to the last publication; a rupture found by the clock continues it."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What others will know, and the events that tell them."""

    tracked: Tracked
    events: tuple[NewEvent, ...]


def change_of(
    before: Tracked | None,
    expectation: Expectation,
    *,
    person_id: UUID,
    now: datetime,
    trace: TraceContext,
) -> Change | None:
    """The step from what was published (`before`) to what is true now; none when they are the same."""
    state = state_at(expectation, now)
    if state == "open" and _has_passed(before, expectation):
        state = "overdue"
    if before is not None and (before.expectation, before.state) == (expectation, state):
        return None
    payloads = _payloads(before, expectation, state, now=now)
    version = (before.version if before else 0) + (1 if payloads else 0)
    events = tuple(
        NewEvent(
            event_id=uuid5(expectation.expectation_id, f"{type(payload).__name__}/{version}"),
            subject=person_id,
            occurred_at=_occurred_at(payload, now),
            data=payload,
            trace=trace,
        )
        for payload in payloads
    )
    tracked = Tracked(
        person_id=person_id,
        expectation=expectation,
        state=state,
        version=version,
        trace=before.trace if before and not events else trace,
    )
    return Change(tracked=tracked, events=events)


def _has_passed(before: Tracked | None, expectation: Expectation) -> bool:
    """A deadline that passed once has passed, also by the clock of another machine that runs behind."""
    return (
        before is not None and before.state == "overdue" and before.expectation.due_at == expectation.due_at
    )


def _payloads(
    before: Tracked | None, expectation: Expectation, state: State, *, now: datetime
) -> list[Payload]:
    payloads: list[Payload] = []
    was_ruptured = before is not None and before.state == "overdue"
    if was_ruptured and state != "overdue":
        payloads.append(_closed(expectation, state, now=now))
    told = _statement(before.expectation, before.state) if before and before.version else None
    payloads += _statements(told, _statement(expectation, state), expectation)
    if state == "overdue" and not was_ruptured:
        rupture_id = expectation.expectation_id
        payloads.append(RuptureOpened(**_arrival(expectation), rupture_id=rupture_id))
    return payloads


def _statements(told: Payload | None, true: Payload, expectation: Expectation) -> list[Payload]:
    """What to say of the expectation itself, when `told` was said last."""
    if isinstance(true, ExpectationWithdrawn):
        already = told is None or isinstance(told, ExpectationWithdrawn)
        return [] if already else [true]
    if told == true:
        return []
    if isinstance(true, ExpectationMet) and not isinstance(told, ExpectationOpened | ExpectationMet):
        return [
            ExpectationOpened(**_arrival(expectation)),
            true,
        ]  # nobody hears of an end without a beginning
    return [true]


def _statement(expectation: Expectation, state: State) -> Payload:
    if state == "withdrawn":
        return ExpectationWithdrawn(**_arrival(expectation))
    if expectation.arrival_movement_id is None or expectation.arrived_at is None:
        return ExpectationOpened(**_arrival(expectation))
    return ExpectationMet(
        **_arrival(expectation),
        arrival_movement_id=expectation.arrival_movement_id,
        arrived_at=expectation.arrived_at,
        late=state == "met_late",
    )


def _closed(expectation: Expectation, state: State, *, now: datetime) -> RuptureClosed:
    """Closed when we learn it, not when the person arrived: until then nobody knew where the person was."""
    return RuptureClosed(
        **_arrival(expectation),
        rupture_id=expectation.expectation_id,
        closed_at=now,
        reason="arrived" if state in ("met", "met_late") else "withdrawn",
    )


class _Arrival(TypedDict):
    expectation_id: UUID
    departure_movement_id: UUID
    from_establishment: str
    to_establishment: str
    departed_at: datetime
    due_at: datetime


def _arrival(expectation: Expectation) -> _Arrival:
    return _Arrival(
        expectation_id=expectation.expectation_id,
        departure_movement_id=expectation.departure_movement_id,
        from_establishment=expectation.from_establishment,
        to_establishment=expectation.to_establishment,
        departed_at=expectation.departed_at,
        due_at=expectation.due_at,
    )


def _occurred_at(payload: Payload, now: datetime) -> datetime:
    match payload:
        case ExpectationOpened():
            return payload.departed_at
        case ExpectationMet():
            return payload.arrived_at
        case RuptureOpened():
            return payload.due_at
        case _:
            return now
