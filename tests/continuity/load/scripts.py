"""Generates what establishments state about one person after the other, each step once the last was answered.

Moves of what was stated of somebody else, numbers that are changed or deleted and then given to the next
patient, and numbers learnt without a movement: what each means depends on what was there when it came.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from tests.continuity.load.offers import (
    AUTHORITY,
    ELSEWHERE,
    ESTABLISHMENTS,
    LOCAL_AUTHORITY,
    TWICE,
    Offer,
    body_of,
    identifier_of,
    local_number_of,
    person_of,
)

NEXT: Final = "-next"
"""Ends the alias of who is given a number that somebody else had."""
OTHER: Final = "-other"
"""Ends the alias of whom something is stated of by mistake."""

Kind = Literal["moved", "renumbered", "deleted", "learnt"]
KINDS: Final[tuple[Kind, ...]] = ("moved", "renumbered", "moved", "learnt", "deleted")

_BY_STAY: Final = 0.5
_EARLY: Final = 0.3
"""Share of the moves that are stated once before what they name is there, and hold when it comes."""
_LATE: Final = 0.6
"""Share of the moved movements of which something older comes after the move: the decision holds."""
_BACK: Final = 0.3
_REPEATED: Final = 0.3
_STATED_MINUTES: Final = 60
"""So long before the load the first statement about a person was emitted, and one a minute after it."""
_GIVEN_AGAIN_MINUTES: Final = 50
"""So long before the load whoever has a number that was given again was admitted."""
_FIRST_NUMBER: Final = 500_000
"""Their numbers are nobody else's, in any establishment."""
_APART: Final = 10


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What an establishment states about identities; `says` is what that means, for the journal."""

    path: str
    establishment: str
    body: Mapping[str, Any]
    says: Mapping[str, Any] = field(default_factory=dict)
    mark: str | None = None
    """What its receipt must be marked with."""
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Script:
    """The steps about one person."""

    at: float
    """Position of the first in the load, from 0 to 1."""
    first: Offer | None = None
    """The admission of whoever has a carer, which is stated before the load."""
    steps: Sequence[Offer | Statement]

    @property
    def offers(self) -> list[Offer]:
        return [step for step in self.steps if isinstance(step, Offer)]


def script_of(run: str, number: int, *, base: datetime, dice: random.Random) -> Script:
    """One script; of five in a row, each kind is one."""
    writer = _Writer(run, f"P{_FIRST_NUMBER + _APART * number}", base=base, dice=dice)
    at = dice.uniform(0.05, 0.6)
    kind = KINDS[number % len(KINDS)]
    if kind == "moved":
        return Script(at=at, first=writer.admission(OTHER), steps=[*writer.moved()])
    steps = {"renumbered": writer.renumbered, "deleted": writer.deleted, "learnt": writer.learnt}[kind]
    return Script(at=at, steps=[*steps()])


class _Writer:
    """Writes the steps about one person."""

    def __init__(self, run: str, person: str, *, base: datetime, dice: random.Random) -> None:
        self._run, self._person, self._dice, self._base = run, person, dice, base
        self._here, self._there = dice.sample(ESTABLISHMENTS, 2)
        self._began = base - timedelta(hours=dice.uniform(3, 6))
        self._statements = 0

    def admission(self, suffix: str = "", **named: Any) -> Offer:
        """Somebody's admission; the same at every call."""
        return self._offer(suffix, "0", "admission", suffix, 0, origin={"mode": "home"}, **named)

    def moved(self) -> Iterator[Offer | Statement]:
        """Movements that are stated of the other, are moved, and stay so whatever older comes."""
        yield self.admission()
        stated = [
            self._mistaken("1", "transfer", 20, unit="MED"),
            self._mistaken("2", "discharge", 60, destination={"mode": "home"}),
        ]
        names = [str(offer.body["movement_id"]) for offer in stated]
        if self._dice.random() < _EARLY:
            yield self._move(names, "", early=True)
        yield from stated
        by_stay = self._dice.random() < _BY_STAY
        yield self._move(names, "", by_stay=by_stay)
        if self._dice.random() < _LATE:
            yield self._mistaken("1", "transfer", 20, unit="CHIR", version=1)
        if self._dice.random() < _BACK:
            yield self._move(names, OTHER, by_stay=by_stay)
            yield self._move(names, "")

    def renumbered(self) -> Iterator[Offer | Statement]:
        """A number is changed: the person goes on under the new one, and somebody else has the former."""
        former, number = self._number(), self._number(TWICE)
        yield self.admission(identifiers=[former])
        yield self._statement("change-number", former=former, number=number)
        yield self._offer("", "1", "transfer", "", 20, unit="MED", identifiers=[number])
        yield from self._next(former)
        yield self._offer("", "3", "transfer", "", 25, unit="CHIR", identifiers=[former])  # late
        yield self._offer("", "2", "discharge", "", 60, destination={"mode": "home"}, identifiers=[number])

    def deleted(self) -> Iterator[Offer | Statement]:
        """A number means nobody any more, and then somebody else."""
        number = self._number()
        yield self.admission(identifiers=[number])
        yield self._offer("", "1", "discharge", "", 30, destination={"mode": "home"}, identifiers=[number])
        yield self._statement("delete-number", number=number)
        yield from self._next(number)

    def learnt(self) -> Iterator[Offer | Statement]:
        """An establishment learns without any movement who it is: an arrival that was expected is met."""
        national = {"authority": AUTHORITY, "value": identifier_of(self._run, self._person)}
        here, there = [national, self._number()], self._number(there=True)
        leaves = {"mode": "transfer", "establishment": self._there}
        yield self.admission(identifiers=here)
        yield self._offer("", "1", "discharge", "", 30, destination=leaves, identifiers=here)
        yield self._arrival("2", "admission", 50, [there])
        traits = {**person_of(self._run, self._person, self._there), "identifiers": [national, there]}
        one = {"surviving": self._person, "merged": self._person + ELSEWHERE, "are_one": True}
        yield self._statement("traits", there=True, says=one, person=traits)
        yield self._arrival("3", "transfer", 70, [there], unit="REA")

    def _next(self, number: Mapping[str, str]) -> Iterator[Offer]:
        """Whoever has the number by now: what is stated of them is emitted after it was given to them."""
        since = int((self._base - self._began) / timedelta(minutes=1)) - _GIVEN_AGAIN_MINUTES
        at_home = {"mode": "home"}
        yield self._offer(NEXT, "0", "admission", NEXT, since, origin=at_home, identifiers=[number])
        yield self._offer(NEXT, "1", "transfer", NEXT, since + 20, unit="URG", identifiers=[number])

    def _arrival(self, name: str, kind: str, minutes: int, numbers: Sequence[Any], **other: Any) -> Offer:
        return self._offer(
            ELSEWHERE, name, kind, ELSEWHERE, minutes, there=True, identifiers=numbers, **other
        )

    def _mistaken(self, name: str, kind: str, minutes: int, *, version: int = 0, **other: Any) -> Offer:
        """Of the person's stay, and stated of the other."""
        return self._offer(OTHER, name, kind, "", minutes, version=version, **other)

    def _move(
        self, movements: Sequence[str], to: str, *, by_stay: bool = False, early: bool = False
    ) -> Statement:
        former = "" if to == OTHER else OTHER
        stay = f"{self._run}-{self._person}-A"
        named: dict[str, Any] = {"stay_ids": [stay]} if by_stay else {"movement_ids": list(movements)}
        # A stay is moved with all that is stated of it there: back, it takes the admission with it.
        moved = [*movements, self.admission().body["movement_id"]] if by_stay and to == OTHER else movements
        return self._statement(
            "move",
            mark="not_stated_yet" if early else None,
            says={"moved": list(moved), "to": self._person + to},
            to=self._number(to),
            former=self._number(former),
            **named,
        )

    def _number(self, suffix: str = "", *, there: bool = False) -> dict[str, str]:
        establishment = self._there if there else self._here
        return {
            "authority": LOCAL_AUTHORITY,
            "value": local_number_of(self._run, _numbered(self._person, suffix), establishment),
        }

    def _statement(
        self,
        path: str,
        *,
        there: bool = False,
        says: Mapping[str, Any] | None = None,
        mark: str | None = None,
        **fields: Any,
    ) -> Statement:
        self._statements += 1
        emitted_at = self._base - timedelta(minutes=_STATED_MINUTES - self._statements)
        body = {
            "source_event_id": f"{self._run}-{self._person}-said-{self._statements}",
            "establishment": self._there if there else self._here,
            "emitted_at": emitted_at.isoformat(),
            **fields,
        }
        return Statement(
            path=path,
            establishment=body["establishment"],
            body=body,
            says=says or {},
            mark=mark,
            times=2 if self._dice.random() < _REPEATED else 1,
        )

    def _offer(
        self,
        suffix: str,
        name: str,
        kind: str,
        stay: str,
        minutes: int,
        *,
        there: bool = False,
        version: int = 0,
        identifiers: Sequence[Mapping[str, str]] | None = None,
        **other: Any,
    ) -> Offer:
        establishment = self._there if there else self._here
        at = self._began + timedelta(minutes=minutes)
        who = self._person if stay == "" else self._person + suffix
        body = body_of(
            self._run,
            _numbered(self._person, suffix),
            movement=f"{who}-{name}",
            version=version,
            stay=f"{who}-A",
            kind=kind,
            establishment=establishment,
            occurred_at=at,
            emitted_at=at + timedelta(minutes=1 + 10 * version),
            action="update" if version else "insert",
            **other,
        )
        if identifiers is not None:
            body["person"] = {**body["person"], "identifiers": list(identifiers)}
        return Offer(self._person + suffix, establishment, body)


def _numbered(person: str, suffix: str) -> str:
    """The alias whose numbers are those of a person with this suffix."""
    if suffix == OTHER:
        return f"P{int(person[1:]) + 1}"
    return person + suffix if suffix == TWICE else person
