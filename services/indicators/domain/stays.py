"""Folds the facts about movements into stays, and into the presences of each stay.

A movement's content is that of its newest insert or update by `(emitted_at, sequence)`; a cancel is
final, whatever comes before or after it. A stay's movements are then read in the order in which they
occurred (at one time: entries, moves inside, exits):

- an admission begins a presence; so does a move inside when nothing earlier is known of the stay,
  because an admission may be missing or late;
- a discharge, or a transfer to another establishment, ends it; a second exit changes nothing;
- an admission after an exit begins another presence of the same stay.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from services.indicators.domain.calendar import day_of
from services.indicators.domain.facts import MovementFact
from services.indicators.domain.figures import Evidence


class Presence(msgspec.Struct, frozen=True):
    """A time from an entry until, and without, the moment of the exit; open while no exit is known."""

    began_at: datetime
    ended_at: datetime | None

    def holds_at(self, moment: datetime) -> bool:
        return self.began_at <= moment and (self.ended_at is None or moment < self.ended_at)


class Stay(Evidence, frozen=True, kw_only=True):
    """A person's time in one establishment, as the facts state it, cancelled movements left out."""

    person_id: UUID
    stay_id: UUID
    establishment: str
    has_admission: bool
    presences: tuple[Presence, ...]

    @property
    def ended_at(self) -> datetime | None:
        """When the last presence ended; `None` while the person is there or was never seen there."""
        return self.presences[-1].ended_at if self.presences else None

    @property
    def length_days(self) -> int:
        """Midnights spent there, as French hospital statistics count them; an open presence counts 0."""
        return sum(
            (day_of(presence.ended_at) - day_of(presence.began_at)).days
            for presence in self.presences
            if presence.ended_at is not None
        )


def is_exit(fact: MovementFact) -> bool:
    """Whether this movement ends the person's presence in the establishment that states it."""
    if fact.kind == "transfer":
        return fact.destination_establishment not in (None, fact.establishment)
    return fact.kind == "discharge"


def stays(facts: Iterable[MovementFact]) -> list[Stay]:
    """The stays that a set of facts amounts to; neither order nor repetition matters."""
    stated_facts: dict[tuple[UUID, UUID], dict[UUID, MovementFact]] = defaultdict(dict)
    for fact in facts:
        stated_facts[fact.person_id, fact.movement_id][fact.event_id] = fact
    movements: dict[tuple[str, UUID, UUID], list[_Movement]] = defaultdict(list)
    for stated in stated_facts.values():
        if (movement := _current_movement(stated.values())) is not None:
            content = movement.content
            movements[content.establishment, content.person_id, content.stay_id].append(movement)
    return [_stay_of(parts) for parts in movements.values()]


class _Movement(Evidence, frozen=True, kw_only=True):
    content: MovementFact


def _current_movement(stated: Collection[MovementFact]) -> _Movement | None:
    if any(fact.action == "cancel" for fact in stated):
        return None
    return _Movement(
        content=max(stated, key=lambda fact: (fact.emitted_at, fact.sequence)),
        events=len(stated),
        newest_recorded_at=max(fact.recorded_at for fact in stated),
    )


def _stay_of(movements: list[_Movement]) -> Stay:
    timeline = sorted((movement.content for movement in movements), key=_place_in_timeline)
    first = timeline[0]
    return Stay(
        person_id=first.person_id,
        stay_id=first.stay_id,
        establishment=first.establishment,
        has_admission=any(fact.kind == "admission" for fact in timeline),
        presences=tuple(_presences(timeline)),
        events=sum(movement.events for movement in movements),
        newest_recorded_at=max(movement.newest_recorded_at for movement in movements),
    )


def _place_in_timeline(fact: MovementFact) -> tuple[datetime, int, UUID]:
    rank = 0 if fact.kind == "admission" else 2 if is_exit(fact) else 1
    return fact.occurred_at, rank, fact.movement_id


def _presences(timeline: list[MovementFact]) -> list[Presence]:
    presences: list[Presence] = []
    began_at: datetime | None = None
    for index, fact in enumerate(timeline):
        if is_exit(fact):
            if began_at is not None:
                presences.append(Presence(began_at, fact.occurred_at))
            began_at = None
        elif began_at is None and (fact.kind == "admission" or index == 0):
            began_at = fact.occurred_at
    if began_at is not None:
        presences.append(Presence(began_at, None))
    return presences
