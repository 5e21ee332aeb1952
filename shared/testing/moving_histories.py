"""Generates what is published of two persons while movements are moved between them, and its outcome."""

from dataclasses import dataclass
from typing import Final, get_args
from uuid import UUID

from hypothesis import strategies as st
from msgspec.structs import replace

from shared.events.admission import ReassignmentReason
from shared.events.envelope import RecordedEvent
from shared.testing.choices import CHOICES
from shared.testing.histories import person_histories
from shared.testing.person_history import PersonHistory, movement_of

REASONS: Final[tuple[ReassignmentReason, ...]] = get_args(ReassignmentReason)


@dataclass(frozen=True)
class Moving:
    """Two persons' events, and those that there would be had each movement been stated of the right one."""

    published: tuple[PersonHistory, PersonHistory]
    right: tuple[PersonHistory, PersonHistory]


@st.composite
def moving_histories(draw: st.DrawFn) -> Moving:
    """Each statement comes under whoever has its movement then; any are moved at any time, also back."""
    choose = draw(CHOICES)
    names = ("one", "other")
    published = (PersonHistory(names[0]), PersonHistory(names[1]))
    right = (PersonHistory(f"right {names[0]}"), PersonHistory(f"right {names[1]}"))
    stated: list[RecordedEvent] = draw(person_histories(name="stated", max_stays=2))
    movement_ids = sorted({movement_of(event).movement_id for event in stated})
    holder = {movement_id: choose.below(2) for movement_id in movement_ids}
    known: set[UUID] = set()
    for event in stated:
        movement = movement_of(event)
        published[holder[movement.movement_id]].record(movement)
        known.add(movement.movement_id)
        for movement_id in choose.some(sorted(known), at_most=2):
            giver = holder[movement_id]
            holder[movement_id] = taker = 1 - giver
            published[giver].hand_over(movement_id, published[taker], reason=choose.of(REASONS))
    for event in stated:
        movement = movement_of(event)
        right[holder[movement.movement_id]].record(replace(movement, restates=event.event_id))
    return Moving(published, right)


def moved_about() -> st.SearchStrategy[list[RecordedEvent]]:
    """What is published of one person, of whom movements are taken and to whom they are given."""
    return moving_histories().flatmap(
        lambda moving: st.sampled_from([each.events for each in moving.published if each.events])
    )
