"""Computes a person's movements from admission's ledger, by the checker's own rules.

The content of a movement is its newest insert or update by (emitted, sequence); a cancel holds unless one of
these was emitted after it, or with it and received after it, when one had been received before it. What is
dated ahead is planned (decision 0020). A departure is a transfer, or a discharge by transfer or mutation, to
another establishment.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from tests.continuity.checker.reading.databases import Event

WARD_AHEAD: Final = timedelta(minutes=5)
"""What is dated further ahead has not happened yet."""
FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
_MAY_BE_LEFT: Final = ("unit", "class_of_stay", "origin", "destination")
_WHERE: Final = ("admission", "transfer", "discharge", "leave", "return")
"""What says where the person is; a plan or a death does not."""
_TRACKED: Final = ("temporary_departure", "temporary_arrival")
"""Says where the person is for a while, of a stay of which nothing above is known."""
_PLANS: Final = ("planned_admission", "planned_transfer", "planned_discharge")
_RANK: Final = {"admission": 0, "return": 2, "discharge": 4}
_INSIDE: Final = 1
_RANK_OF_DEPARTURE: Final = 3


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
    says_most: bool = False
    """It is tracked, and nothing of its stay says more of where the person is."""

    @property
    def order(self) -> tuple[datetime, int, str]:
        rank = _RANK_OF_DEPARTURE if self.departs else _RANK.get(self.kind, _INSIDE)
        return (self.occurred_at, rank, self.movement_id)

    @property
    def happened(self) -> bool:
        """Whether it has an effect."""
        return (self.kind in _WHERE or self.says_most) and not (self.cancelled or self.planned)

    @property
    def mentions(self) -> bool:
        """Whether something took place, whatever it was."""
        return self.kind not in _PLANS and not (self.cancelled or self.planned)

    @property
    def says_dead(self) -> bool:
        """Whether it states that the person died, as a fact of its own or as the way they left."""
        by_discharge = self.kind == "discharge" and self.destination.get("mode") == "death"
        return (self.kind == "death" or by_discharge) and not (self.cancelled or self.planned)

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
    current = [_current(versions, now=now) for versions in stated.values()]
    understood = {each.stay_id for each in current if each.happened}
    current = [
        replace(each, says_most=each.kind in _TRACKED and each.stay_id not in understood) for each in current
    ]
    return sorted(current, key=lambda each: each.order)


def _current(versions: Sequence[Event], *, now: datetime) -> Movement:
    said = [event for event in versions if not event.type.endswith("movement-cancelled.v1")]
    cancels = [event for event in versions if event not in said]
    in_order = sorted(said or versions, key=lambda event: (emitted(event), event.sequence))
    newest, first = in_order[-1], min(event.sequence for event in in_order)
    cancelled = any(
        emitted(cancel) > emitted(newest)
        or (emitted(cancel) == emitted(newest) and not first < cancel.sequence < newest.sequence)
        for cancel in cancels
    )
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
    return parsed(event.data.get("ordered_at") or event.data["emitted_at"])


def movement(event: Event, *, cancelled: bool, now: datetime = FOR_EVER) -> Movement:
    """Parse one event's movement."""
    data = event.data
    occurred_at = parsed(data["occurred_at"])
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


def parsed(text: str) -> datetime:
    return datetime.fromisoformat(text)
