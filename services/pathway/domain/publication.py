"""Decides what to publish about an expectation: the difference to what was published last.

Event ids derive from the expectation and a version that grows with every difference, so a batch that is
applied again publishes nothing under another id.
"""

from datetime import datetime
from typing import TypedDict
from uuid import UUID, uuid5

import msgspec

from services.pathway.domain.pathway import Closure, Expectation, State
from services.pathway.domain.showing import state_of
from shared.events.envelope import NewEvent, Payload, TraceContext
from shared.events.pathway import (
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    RuptureClosed,
    RuptureOpened,
)


class PublishedExpectation(msgspec.Struct, frozen=True, kw_only=True):
    """An expectation as it was published so far, which is what other services know of it."""

    person_id: UUID
    expectation: Expectation
    state: State
    version: int
    """How many differences were published; 0 for one that was withdrawn before anything was."""
    closure: Closure | None = None
    """What a person said of it; kept whatever becomes known later."""
    trace: TraceContext
    """The trace of the event that led to the last publication; a rupture found by the clock continues it."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The new published state of an expectation, and the events that publish it."""

    published: PublishedExpectation
    events: tuple[NewEvent, ...]


def change_of(
    before: PublishedExpectation | None,
    expectation: Expectation,
    *,
    person_id: UUID,
    now: datetime,
    trace: TraceContext,
    overdue: bool | None = None,
) -> Change | None:
    """The change from what was published (`before`) to what holds at `now`; `None` when they are the same.

    `overdue`: whether the watch judges it so now; None where every destination tells us all without delay.
    What was judged so before stays overdue while the deadline is past.
    """
    closure = before.closure if before else None
    if overdue is None:
        overdue = now > expectation.due_at
    overdue = overdue or _stays_overdue(before, expectation, now)
    state = state_of(expectation, overdue=overdue, closed=closure is not None)
    if before is not None and (before.expectation, before.state) == (expectation, state):
        return None
    payloads = _payloads_between(before, expectation, state, now=now)
    version = (before.version if before else 0) + (1 if payloads else 0)
    events = tuple(
        NewEvent(
            # Of two persons, since a departure may move from one to the other.
            event_id=uuid5(expectation.expectation_id, f"{type(payload).__name__}/{version}/{person_id}"),
            subject=person_id,
            occurred_at=_occurred_at(payload, now),
            data=payload,
            trace=trace,
        )
        for payload in payloads
    )
    published = PublishedExpectation(
        person_id=person_id,
        expectation=expectation,
        state=state,
        version=version,
        closure=closure,
        trace=before.trace if before and not events else trace,
    )
    return Change(published=published, events=events)


def _stays_overdue(before: PublishedExpectation | None, expectation: Expectation, now: datetime) -> bool:
    """Whether the deadline was seen to pass already; the clock of this machine may run behind."""
    if before is None or before.state != "overdue":
        return False
    return expectation.due_at == before.expectation.due_at or now > expectation.due_at


def _payloads_between(
    before: PublishedExpectation | None, expectation: Expectation, state: State, *, now: datetime
) -> list[Payload]:
    payloads: list[Payload] = []
    was_ruptured = before is not None and before.state == "overdue"
    if was_ruptured and state != "overdue":
        payloads.append(_rupture_closed(expectation, state, now=now))
    published = (
        _expectation_payload(before.expectation, before.state, before.closure)
        if before and before.version
        else None
    )
    current = _expectation_payload(expectation, state, before.closure if before else None)
    payloads += _expectation_payloads(published, current, expectation)
    if state == "overdue" and not was_ruptured:
        rupture_id = expectation.expectation_id
        payloads.append(RuptureOpened(**_arrival_fields(expectation), rupture_id=rupture_id))
    return payloads


def _expectation_payloads(
    published: Payload | None, current: Payload, expectation: Expectation
) -> list[Payload]:
    """What to publish of the expectation itself, when `published` was published last."""
    if _is_mere_withdrawal(current):
        return [] if published is None or _is_mere_withdrawal(published) else [current]
    if published == current:
        return []
    never_began = published is None or _is_mere_withdrawal(published)
    if never_began and not isinstance(current, ExpectationOpened):
        return [
            ExpectationOpened(**_arrival_fields(expectation)),
            current,
        ]  # an end is never published without its beginning
    return [current]


def _is_mere_withdrawal(payload: Payload) -> bool:
    """Whether it says that the departure does not hold any more, not how the wait ended."""
    return isinstance(payload, ExpectationWithdrawn) and payload.ended_as is None


def _expectation_payload(expectation: Expectation, state: State, closure: Closure | None) -> Payload:
    if state == "withdrawn":
        return ExpectationWithdrawn(**_arrival_fields(expectation), reassigned=expectation.reassigned)
    if state in ("elsewhere", "returned"):
        return ExpectationWithdrawn(
            **_arrival_fields(expectation),
            ended_as=state,
            ended_at=expectation.ended_at,
            ended_by_movement_id=expectation.ended_by_movement_id,
        )
    if state == "closed" and closure is not None:
        return ExpectationWithdrawn(
            **_arrival_fields(expectation), ended_as=state, ended_at=closure.closed_at
        )
    if expectation.arrival_movement_id is None or expectation.arrived_at is None:
        return ExpectationOpened(**_arrival_fields(expectation))
    return ExpectationMet(
        **_arrival_fields(expectation),
        arrival_movement_id=expectation.arrival_movement_id,
        arrived_at=expectation.arrived_at,
        late=state == "met_late",
    )


def _rupture_closed(expectation: Expectation, state: State, *, now: datetime) -> RuptureClosed:
    """The rupture is closed at `now`, when we learn it, not at the arrival: nobody knew until now."""
    return RuptureClosed(
        **_arrival_fields(expectation),
        rupture_id=expectation.expectation_id,
        closed_at=now,
        reason="arrived" if state in ("met", "met_late") else "withdrawn",
        reassigned=expectation.reassigned,
        ended_as=state if state in ("elsewhere", "returned", "closed") else None,
    )


class _ArrivalFields(TypedDict):
    expectation_id: UUID
    departure_movement_id: UUID
    from_establishment: str
    to_establishment: str
    departed_at: datetime
    due_at: datetime


def _arrival_fields(expectation: Expectation) -> _ArrivalFields:
    return _ArrivalFields(
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
        case ExpectationWithdrawn(ended_at=datetime() as ended_at):
            return ended_at
        case _:
            return now
