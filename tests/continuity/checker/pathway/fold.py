"""Computes a person's movements and expected arrivals from admission's ledger, by the checker's own rules.

The content of a movement is its newest insert or update by (emitted, sequence); a cancel holds unless one of
these was emitted after it, and what is dated ahead is planned (decision 0020). A departure is a transfer, or
a discharge by transfer or mutation, to another establishment; a discharge that follows a transfer to the same
place belongs to the same departure. Who is seen at the destination has arrived, whatever the movement; an
admission that meets no earlier departure meets the first one within the next two hours. The wait also ends
where the person is admitted to a bed elsewhere, or is back at the place that was left, unless they come in
time after all (decision 0005).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from tests.continuity.checker.reading.databases import Event

EARLY_ARRIVAL: Final = timedelta(hours=2)
"""An admission may be dated this long before the departure that it follows."""
WARD_AHEAD: Final = timedelta(minutes=5)
"""What is dated further ahead has not happened yet."""
FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
_NO_BED: Final = ("outpatient", "recurring", "home", "telemonitoring")
_MAY_BE_LEFT: Final = ("unit", "class_of_stay", "origin", "destination")
_NO_YEARS: Final = (1, 1753, 1900, 1970, 2099, 2999, 9999)
_HOME: Final = ZoneInfo("Europe/Paris")
_RANK: Final = {"admission": 0, "discharge": 3}
_INSIDE: Final = 1
_RANK_OF_DEPARTURE: Final = 2


@dataclass(frozen=True, kw_only=True)
class ArrivalRules:
    """How long after a departure the arrival is due."""

    grace: timedelta = timedelta(hours=1)
    default: timedelta = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Movement:
    """A movement with its current content."""

    movement_id: str
    stay_id: str
    kind: str
    establishment: str
    occurred_at: datetime
    destination: Mapping[str, Any]
    origin: Mapping[str, Any]
    cancelled: bool
    planned: bool
    """Dated ahead, and so without any effect yet."""
    event: Event
    """The event whose content this is."""

    @property
    def order(self) -> tuple[datetime, int, str]:
        rank = _RANK_OF_DEPARTURE if self.departs else _RANK.get(self.kind, _INSIDE)
        return (self.occurred_at, rank, self.movement_id)

    @property
    def happened(self) -> bool:
        """Whether it has an effect."""
        return not (self.cancelled or self.planned)

    @property
    def departs(self) -> bool:
        """Whether the person was transferred to another establishment."""
        return self.kind == "transfer" and self.leaves_for is not None

    @property
    def stated(self) -> tuple[datetime, int]:
        """Orders what was stated."""
        return (emitted(self.event), self.event.sequence)

    @property
    def leaves_for(self) -> str | None:
        """The other establishment that the person leaves for, if any."""
        to = self.destination.get("establishment")
        if to in (None, self.establishment):
            return None
        by_discharge = self.kind == "discharge" and self.destination.get("mode") in {"transfer", "mutation"}
        return str(to) if self.kind == "transfer" or by_discharge else None


@dataclass(frozen=True, kw_only=True)
class ExpectedArrival:
    """An arrival that a departure makes due, and what ended the wait for it."""

    departure: str
    leaves: str
    to: str
    departed_at: datetime
    due_at: datetime
    met_by: str | None = None
    arrived_at: datetime | None = None
    ended_as: str | None = None
    """elsewhere or returned."""
    ended_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        return (self.departure, self.to)

    @property
    def expectation(self) -> UUID:
        """Orders departures of one moment."""
        return uuid5(UUID(self.departure), f"arrival/{self.to}")


def movements_of(events: Iterable[Event], *, now: datetime = FOR_EVER) -> list[Movement]:
    """Every movement of one person, in the order of occurrence, as it is at that moment."""
    stated: dict[str, list[Event]] = defaultdict(list)
    for event in {event.event_id: event for event in events}.values():
        stated[event.data["movement_id"]].append(event)
    current = (_current(versions, now=now) for versions in stated.values())
    return sorted(current, key=lambda each: each.order)


def _current(versions: Sequence[Event], *, now: datetime) -> Movement:
    said = [event for event in versions if not event.type.endswith("movement-cancelled.v1")]
    cancels = [event for event in versions if event not in said]
    in_order = sorted(said or versions, key=lambda event: (emitted(event), event.sequence))
    cancelled = any(emitted(cancel) >= emitted(in_order[-1]) for cancel in cancels)
    return movement(replace(in_order[-1], data=_content(in_order)), cancelled=cancelled, now=now)


def _content(said: Sequence[Event]) -> dict[str, Any]:
    """What the last one says, and what was said before of the fields that it leaves alone."""
    content: dict[str, Any] = {}
    for event in said:
        named = event.data.get("names")
        left = () if named is None else [name for name in _MAY_BE_LEFT if name not in named]
        content = {**event.data, **{name: content[name] for name in left if name in content}}
    return content


def completed(events: Iterable[Event]) -> list[Event]:
    """Every event with the whole content that its movement had with it."""
    stated: dict[str, list[Event]] = defaultdict(list)
    found: list[Event] = []
    for event in sorted(events, key=lambda event: (emitted(event), event.sequence)):
        if event.type.endswith("movement-cancelled.v1"):
            found.append(event)
            continue
        said = stated[event.data["movement_id"]]
        said.append(event)
        found.append(replace(event, data=_content(said)))
    return found


def emitted(event: Event) -> datetime:
    """When it was emitted; as admission put it where the source's clock was too far ahead."""
    return _moment(event.data.get("ordered_at") or event.data["emitted_at"])


def movement(event: Event, *, cancelled: bool, now: datetime = FOR_EVER) -> Movement:
    """Parse one event's movement."""
    data = event.data
    occurred_at = _moment(data["occurred_at"])
    return Movement(
        movement_id=data["movement_id"],
        stay_id=data["stay_id"],
        kind=data["kind"],
        establishment=data["establishment"],
        occurred_at=occurred_at,
        destination=data.get("destination") or {},
        origin=data.get("origin") or {},
        cancelled=cancelled,
        planned=now < FOR_EVER - WARD_AHEAD and occurred_at > now + WARD_AHEAD,
        event=event,
    )


def arrivals_of(movements: Iterable[Movement], waiting: ArrivalRules) -> list[ExpectedArrival]:
    """Every expected arrival that the current movements imply, met or not."""
    active = [each for each in movements if each.happened]
    stays: dict[str, list[Movement]] = defaultdict(list)
    for each in active:
        stays[each.stay_id].append(each)
    open_ = [wait for stay in stays.values() for wait in _departures(stay, waiting)]
    met: list[ExpectedArrival] = []
    for each in active:
        ended = _met_by(open_, each)
        open_ = [_stopped(wait, each, stays[each.stay_id]) for wait in open_ if wait not in ended]
        met += [
            replace(wait, met_by=each.movement_id, arrived_at=each.occurred_at, ended_as=None, ended_at=None)
            for wait in ended
        ]
    return met + open_


def _departures(stay: Sequence[Movement], waiting: ArrivalRules) -> list[ExpectedArrival]:
    found: list[ExpectedArrival] = []
    before: str | None = None
    for each in stay:
        to = each.leaves_for
        said = each.destination.get("expected_at")
        if to is not None and to != before:
            due_at = _due_at(said, each.occurred_at, waiting)
            found.append(
                ExpectedArrival(
                    departure=each.movement_id,
                    leaves=each.establishment,
                    to=to,
                    departed_at=each.occurred_at,
                    due_at=due_at,
                )
            )
        elif to is not None and said is not None:
            due_at = _due_at(said, found[-1].departed_at, waiting)
            found[-1] = replace(found[-1], due_at=due_at)
        before = to
    return found


def _due_at(said: str | None, departed_at: datetime, waiting: ArrivalRules) -> datetime:
    if said is None or not _can_be_meant(_moment(said), departed_at):
        return departed_at + waiting.default
    return _moment(said) + waiting.grace


def _can_be_meant(expected_at: datetime, departed_at: datetime) -> bool:
    """Whether it is a time of day, after the departure, within a year, and no calendar's first or last."""
    if expected_at.year in _NO_YEARS or expected_at < departed_at:
        return False
    at_home = expected_at.astimezone(_HOME)
    is_a_day_only = "00:00:00" in (f"{expected_at:%H:%M:%S}", f"{at_home:%H:%M:%S}")
    return expected_at - departed_at <= timedelta(days=366) and not is_a_day_only


def _met_by(open_: Sequence[ExpectedArrival], seen: Movement) -> list[ExpectedArrival]:
    there = [wait for wait in open_ if wait.to == seen.establishment]
    earlier = [
        wait
        for wait in there
        if wait.departed_at <= seen.occurred_at and (wait.ended_as is None or seen.occurred_at <= wait.due_at)
    ]
    if earlier or seen.kind != "admission":
        return earlier
    soon = [
        wait
        for wait in there
        if seen.occurred_at < wait.departed_at <= seen.occurred_at + EARLY_ARRIVAL and wait.ended_as is None
    ]
    return sorted(soon, key=lambda wait: (wait.departed_at, wait.expectation))[:1]


def _stopped(wait: ExpectedArrival, seen: Movement, stay: Sequence[Movement]) -> ExpectedArrival:
    """The wait, ended where a movement shows the person back, or in a bed of a third establishment."""
    if wait.ended_as or seen.occurred_at < wait.departed_at or seen.establishment == wait.to:
        return wait
    if seen.establishment != wait.leaves:
        in_bed = seen.kind == "admission" and seen.event.data.get("class_of_stay") not in _NO_BED
        return replace(wait, ended_as="elsewhere", ended_at=seen.occurred_at) if in_bed else wait
    if seen.kind == "admission":
        first = next(each for each in stay if each.kind == "admission")
        back = first is not seen or all(each.movement_id != wait.departure for each in stay)
    else:
        goes_on = seen.kind == "transfer" or seen.leaves_for is not None
        back = goes_on and seen.leaves_for != wait.to and seen.occurred_at > wait.departed_at
    return replace(wait, ended_as="returned", ended_at=seen.occurred_at) if back else wait


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
