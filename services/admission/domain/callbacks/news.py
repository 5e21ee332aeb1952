"""Decides what a source is told of a movement: whatever its services say that it was not told before."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from services.admission.domain.receipt import ServiceOutcome

Kind = Literal[
    "movement.accepted",
    "movement.applied",
    "movement.parked",
    "movement.dismissed",
    "movement.told",
    "ping",
]

FOLLOWED_FOR: Final = timedelta(days=7)
"""What becomes of a movement later is in its receipt, and in no callback."""

_TELLS: Final[Mapping[str, Kind]] = {
    "applied": "movement.applied",
    "parked": "movement.parked",
    "dismissed": "movement.dismissed",
}
_OPEN: Final = "pending"
"""Obligations of this status have no outcome yet; every other one has."""
_SOONEST: Final = timedelta(seconds=4)
_LATEST: Final = timedelta(hours=1)


class News(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a source is told; whose movement it is, is added when it is sent."""

    type: Kind
    service: str | None = None
    """Which service says so; none: admission."""
    problem: str | None = None
    """What is wrong with the event that the service parked."""
    marks: tuple[str, ...] = ()
    settled: int = 0
    """How many obligations of it have their outcome, of how many that are `owed`."""
    owed: int = 0
    obligations: dict[str, int] = {}
    """How many are in each status."""


Outcomes = Mapping[str, ServiceOutcome]
"""Service -> what it said of a movement."""


def news_of(told: Outcomes, found: Outcomes) -> list[News]:
    """What `found` has beyond what was told; nothing of a service that could not be asked."""
    return [
        each
        for service, outcome in found.items()
        for each in _of_service(service, told.get(service, ServiceOutcome(state="pending")), outcome)
    ]


def told_after(told: Outcomes, found: Outcomes) -> dict[str, ServiceOutcome]:
    """What the source knows once it was told the news."""
    return {**told, **{service: each for service, each in found.items() if each.state in _TELLS}}


def is_settled(told: Outcomes, service: str) -> bool:
    """Whether nothing more is expected of the service."""
    outcome = told.get(service)
    return outcome is not None and outcome.state != "parked" and not outcome.obligations.get(_OPEN)


def next_look(accepted_at: datetime, now: datetime) -> datetime | None:
    """When to ask again: the longer nothing ends, the later, and after some days no more."""
    age = now - accepted_at
    return None if age >= FOLLOWED_FOR else now + min(max(age, _SOONEST), _LATEST)


def _of_service(service: str, before: ServiceOutcome, now: ServiceOutcome) -> Iterator[News]:
    kind = _TELLS.get(now.state)
    if kind is None:
        return
    if now.state != before.state:
        yield News(type=kind, service=service, problem=now.problem, marks=now.marks)
    owed = sum(now.obligations.values())
    settled = owed - now.obligations.get(_OPEN, 0)
    if settled and now.obligations != before.obligations:
        yield News(
            type="movement.told", service=service, settled=settled, owed=owed, obligations=now.obligations
        )
