"""Generates one person's movements: stays, transfers that arrive in time, late or never, and corrections.

Some are stated of the wrong person first, and an update names the right one; some move back and forth. Some
departures are planned, a few of them for a moment during the run.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from tests.continuity.load.offers import ELSEWHERE, ESTABLISHMENTS, TWICE, Offer, body_of, person_of

Arrival = Literal["in_time", "late", "never", "home"]

_ARRIVALS: Final[tuple[Arrival, ...]] = ("in_time", "late", "never", "home")
_HOW_OFTEN: Final = (35, 10, 10, 45)
_CORRECTED: Final = 0.02
_CANCELLED: Final = 0.015
_AFTER_ALL: Final = 0.5
"""Share of the cancelled movements that are stated again later: they took place after all."""
_MISTAKEN: Final = 0.06
"""Share of the persons all of whose movements but the first are stated of somebody else at first."""
_LEFT: Final = 0.5
"""Share of the moved movements whose updates name the person and leave the details as they are."""
_BACK_AND_FORTH: Final = 0.3
"""Share of the mistaken movements that were stated of the right person before."""
_PLANNED: Final = 0.1
"""Share of the departures that nobody answers which are dated ahead."""
_PLANNED_SOON: Final = 0.4
"""Share of those that become facts within a minute or two: a ward's clock may be five minutes ahead."""
_LEARNT_LATER: Final = 0.12
_DOUBTFUL: Final = 0.12
"""Shares of the arrivals where the establishment does not know who it is: it learns the national number
later, or states it as provisional, so that somebody must decide."""
_LOCAL: Final = 0.3
"""Share of those who go home whom their establishment knows by its own number alone."""
_TWICE: Final = 0.3
"""Share of those who have a second number there, under which all but their admission is stated."""
_UNITS: Final = ("URG", "MED", "CHIR", "REA")


class Journey:
    """One person's movements, in the order of occurrence."""

    def __init__(
        self,
        run: str,
        person: str,
        *,
        base: datetime,
        dice: random.Random,
        neighbour: str | None = None,
        may_plan: bool = False,
    ) -> None:
        """`base` is the beginning of the run; nothing that is no plan occurs after it.

        `neighbour`: whom the person may be mistaken for.
        """
        self._run, self._person, self._base, self._dice = run, person, base, dice
        self._mistaken_for = neighbour if dice.random() < _MISTAKEN else None
        self._arrival = dice.choices(_ARRIVALS, _HOW_OFTEN)[0]
        # Who leaves for another establishment must be known there, too.
        self.is_local = self._arrival == "home" and dice.random() < _LOCAL
        self._here, self._there = dice.sample(ESTABLISHMENTS, 2)
        self.is_twice = self.is_local and self._mistaken_for is None and dice.random() < _TWICE
        arrives = self._arrival in {"in_time", "late"} and self._mistaken_for is None
        drawn = dice.random() if arrives else 1.0
        self._learnt_later = drawn < _LEARNT_LATER
        self.is_two = drawn < _LEARNT_LATER + _DOUBTFUL
        # A late or missing arrival is overdue at `base`; one in time is not due yet.
        hours = dice.uniform(6, 10) if self._arrival in {"late", "never"} else dice.uniform(0.5, 1.5)
        self._departure = base - timedelta(hours=hours)
        self._leaves_at = self._departure
        # Nor is a plan stated of somebody else, who may have a carer.
        may_plan = may_plan and self._mistaken_for is None
        if may_plan and self._arrival in {"never", "home"} and dice.random() < _PLANNED:
            soon = dice.random() < _PLANNED_SOON
            minutes = dice.uniform(5.2, 7) if soon else dice.uniform(180, 1200)
            self._leaves_at = base + timedelta(minutes=minutes)

    def admission(self) -> Offer:
        """The first movement; the same at every call."""
        at = self._departure - timedelta(hours=3)
        return self._offer("0", "admission", self._here, "A", at, origin={"mode": "home"})

    def rest(self) -> Iterator[Offer]:
        """The movements after the admission."""
        for move in range(self._dice.randint(0, 2)):
            at = self._departure - timedelta(minutes=60 - 20 * move)
            yield from self._corrected(f"u{move}", "transfer", "A", at, unit=self._dice.choice(_UNITS))
        if self._arrival == "home":
            yield from self._corrected("x", "discharge", "A", self._leaves_at, destination={"mode": "home"})
            return
        destination = {"mode": "transfer", "establishment": self._there}
        yield from self._corrected("x", "discharge", "A", self._leaves_at, destination=destination)
        if self._arrival != "never":
            delay = timedelta(minutes=20) if self._arrival == "in_time" else timedelta(hours=4)
            origin = {"mode": "transfer", "establishment": self._here}
            at = self._departure + delay
            arrival = self._offer("y", "admission", self._there, "B", at, origin=origin)
            yield from self._moved(arrival) if self._mistaken_for else self._recognised(arrival, at)

    def _recognised(self, arrival: Offer, at: datetime) -> Iterator[Offer]:
        """An arrival at an establishment that may not know who it is, at first or until somebody decides."""
        if not self.is_two:
            yield arrival
            return
        alias, is_learnt = self._person + ELSEWHERE, self._learnt_later
        status = None if is_learnt else "provisional"
        named = person_of(self._run, alias, self._there, is_local=is_learnt, status=status)
        yield Offer(alias, self._there, {**arrival.body, "person": named})
        for number in range(2):
            moment = at + timedelta(minutes=2 + number)
            move = self._offer(f"z{number}", "transfer", self._there, "B", moment, unit=_UNITS[number])
            yield Offer(alias, self._there, {**move.body, "person": named})
            if is_learnt and not number:
                known = {**arrival.body, "person": person_of(self._run, alias, self._there)}
                yield Offer(alias, self._there, known, also=self._person).naming(self._run, alias, 1)

    def _moved(self, offer: Offer) -> Iterator[Offer]:
        """A movement that is stated of somebody else and then moved to the right person."""
        assert self._mistaken_for is not None
        named = [self._mistaken_for, self._person]
        if self._dice.random() < _BACK_AND_FORTH:
            named = [self._person, *named]
        leaves = self._dice.random() < _LEFT
        for version, person in enumerate(named):
            yield offer.naming(self._run, person, version, leaves_details=leaves)

    @property
    def here(self) -> str:
        """Where the person is admitted first."""
        return self._here

    def _corrected(self, name: str, kind: str, stay: str, at: datetime, **other: Any) -> Iterator[Offer]:
        """A movement, in a few cases followed by a correction, or a cancel that may be taken back.

        A correction of the time repeats the details, leaves them as they are, or deletes them.
        """
        stated = self._offer(name, kind, self._here, stay, at, **other)
        if self._mistaken_for:
            yield from self._moved(stated)
            return
        yield stated
        if self._dice.random() < _CORRECTED:
            earlier = at - timedelta(minutes=5)
            named = self._dice.choice((other, {}, dict.fromkeys(other)))
            yield self._offer(name, kind, self._here, stay, earlier, version=1, action="update", **named)
        elif self._dice.random() < _CANCELLED:
            yield self._offer(name, kind, self._here, stay, at, version=1, action="cancel", **other)
            if self._dice.random() < _AFTER_ALL:
                yield self._offer(name, kind, self._here, stay, at, version=2, **other)

    def _offer(
        self,
        name: str,
        kind: str,
        establishment: str,
        stay: str,
        at: datetime,
        *,
        version: int = 0,
        **other: Any,
    ) -> Offer:
        alias = self._person + TWICE if self.is_twice and kind != "admission" else self._person
        body = body_of(
            self._run,
            alias,
            movement=f"{self._person}-{name}",
            version=version,
            stay=f"{self._person}-{stay}",
            kind=kind,
            establishment=establishment,
            occurred_at=at,
            emitted_at=(self._departure if at > self._base else at) + timedelta(minutes=1 + 10 * version),
            is_local=self.is_local,
            **other,
        )
        return Offer(alias, establishment, body)


def hot_moves(run: str, person: str, *, base: datetime, count: int) -> Iterator[Offer]:
    """One person's long stay with a transfer between units every second."""
    here = ESTABLISHMENTS[0]
    for number in range(count):
        at = base - timedelta(hours=12) + timedelta(seconds=number)
        kind = "transfer" if number else "admission"
        body = body_of(
            run,
            person,
            movement=f"{person}-{number}",
            version=0,
            stay=f"{person}-A",
            kind=kind,
            establishment=here,
            occurred_at=at,
            emitted_at=at,
            unit=_UNITS[number % len(_UNITS)],
        )
        yield Offer(person, here, body)
