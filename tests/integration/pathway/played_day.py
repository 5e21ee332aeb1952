"""Plays a day of the demo's establishments to pathway under a simulated clock, and compares its alarms.

An alarm is false when the person had arrived, or was elsewhere, by the deadline. One is missed when the wait
lasts and nobody was told.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from msgspec.structs import replace

from deploy.local.demo.journey import DAY_HOURS, Person, Step
from services.pathway.domain.fold import fold
from services.pathway.domain.pathway import Expectation
from services.pathway.domain.rules import RULES
from shared.events.admission import Mode, Place
from shared.events.envelope import RecordedEvent
from shared.events.pathway import RuptureOpened
from shared.testing.person_history import START, PersonHistory
from tests.integration.pathway.delivery import Delivery

DAY_ENDS = START + timedelta(hours=DAY_HOURS)

Sending = Callable[[Step], datetime]
"""When the establishment sends a step of somebody's day."""


@dataclass(frozen=True)
class Alarms:
    """What the watch told of a day."""

    right: int
    false: int
    missed: int


def at_once(step: Step) -> datetime:
    """As it happens."""
    return START + timedelta(hours=step.hours)


def in_a_burst(step: Step, *, seconds: float = 90) -> datetime:
    """The whole day within moments, after it has ended."""
    return DAY_ENDS + timedelta(seconds=seconds * step.hours / DAY_HOURS)


def establishment_after_establishment(step: Step) -> datetime:
    """In a burst, one establishment after the other: an arrival may come before its departure."""
    return in_a_burst(step, seconds=9) + timedelta(seconds=10 * (int(step.establishment.finess) % 9))


def every_hour(step: Step) -> datetime:
    """What happened since the last time, in a batch."""
    offset = int(step.establishment.finess) % 60
    return START + timedelta(hours=int(step.hours) + 1, minutes=offset)


async def play(
    delivery: Delivery, people: Iterable[Person], *, sent: Sending, stamped_when_sent: bool = False
) -> Alarms:
    """Deliver the day as it is sent, and watch meanwhile and for hours afterwards."""
    histories = [_history(person, sent=sent, stamped_when_sent=stamped_when_sent) for person in people]
    events = sorted((event for each in histories for event in each), key=lambda event: event.recorded_at)
    truth = {
        expectation.expectation_id: expectation
        for history in histories
        for expectation in fold(history, RULES).expectations
    }
    for at, batch in _turns(events):
        delivery.now = at
        if batch:
            await delivery.deliver(batch)
        await delivery.watch(at)
    raised = {each.rupture_id for each in await delivery.published() if isinstance(each, RuptureOpened)}
    return _compared(truth, raised)


def _compared(truth: Mapping[UUID, Expectation], raised: set[UUID]) -> Alarms:
    right = {each for each in raised if not _ended_by(truth[each], truth[each].due_at)}
    lasting = {
        each for each, wait in truth.items() if not _ended_by(wait, datetime.max.replace(tzinfo=START.tzinfo))
    }
    return Alarms(right=len(right), false=len(raised - right), missed=len(lasting - raised))


def _ended_by(wait: Expectation, moment: datetime) -> bool:
    end = wait.arrived_at or wait.ended_at
    return wait.withdrawn or (end is not None and end <= moment)


def _turns(events: Sequence[RecordedEvent]) -> Iterator[tuple[datetime, list[RecordedEvent]]]:
    """Moments to look at, each with what has come by then: close together while something comes."""
    coming = {at: list(batch) for at, batch in groupby(events, key=lambda event: event.recorded_at)}
    first, last = min(coming), max(coming) + timedelta(hours=4)
    idle = {first + timedelta(minutes=10) * turn for turn in range((last - first) // timedelta(minutes=10))}
    soon = {max(coming) + timedelta(seconds=10) * turn for turn in range(30)}
    for at in sorted({*coming, *idle, *soon}):
        yield at, coming.get(at, [])


def _history(person: Person, *, sent: Sending, stamped_when_sent: bool) -> list[RecordedEvent]:
    """What is stated of one person, each event recorded in the second in which it is sent, in that order."""
    history = PersonHistory(f"person {person.number}")
    for step in sorted(person.steps, key=sent):
        at = sent(step).replace(microsecond=0) + timedelta(seconds=1)
        event = _stated(history, step, emitted=at if stamped_when_sent else at_once(step))
        history.events[-1] = replace(event, recorded_at=at)
    return history.events


def _stated(history: PersonHistory, step: Step, *, emitted: datetime) -> RecordedEvent:
    here, happened_at = step.establishment.finess, at_once(step)
    name = f"{step.kind}-{step.hours}"
    if step.kind == "admission":
        origin = Place(mode="home", establishment=step.origin.finess if step.origin else None)
        return history.admit(
            step.stay, at=happened_at, establishment=here, movement=name, origin=origin, emitted=emitted
        )
    to = step.destination.finess if step.destination else None
    if step.kind == "transfer":
        return history.transfer(
            step.stay,
            at=happened_at,
            establishment=here,
            to=to,
            movement=name,
            unit=step.unit,
            emitted=emitted,
        )
    modes: Mapping[str | None, Mode] = {"transfer": "transfer", "death": "death"}
    return history.discharge(
        step.stay,
        at=happened_at,
        establishment=here,
        to=to,
        mode=modes.get(step.mode, "home"),
        movement=name,
        emitted=emitted,
    )
