"""Says what an establishment's own stays of a person give it: a relation and, for a while, a say."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.stays.relations import ALWAYS, Relation
from shared.stays.stays import Stay, stays_of

LATELY: Final = timedelta(days=30)
"""After a stay its establishment still looks after who is told of what follows."""


def own_relations(stays: Iterable[Stay], own: Collection[str]) -> list[Relation]:
    """What follows from an establishment's own stays of the person, planned ones included."""
    return [
        Relation(
            establishments=frozenset({stay.start.establishment}),
            basis="states",
            begins_at=ALWAYS,
            stays=frozenset({stay.stay_id}),
        )
        for stay in stays
        if stay.start.establishment in own and not stay.cancelled
    ]


def is_in_force(stay: Stay, *, at: datetime) -> bool:
    """Whether the establishment cares for the person, or did until lately."""
    if stay.cancelled or stay.planned:
        return False
    return stay.is_present or (stay.ended_at is not None and at - stay.ended_at <= LATELY)


def is_cared_for(events: Iterable[RecordedEvent], *, at: datetime) -> bool:
    """Whether a stay of any class goes on: who is cared for at home, or comes again and again, has no bed."""
    return any(stay.is_present for stay in stays_of(movement_histories(list(events)), at=at))
