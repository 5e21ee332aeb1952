"""Finds what a desk need not be told, because it is told more of the same fact (decision 0053).

An entry that ends a wait is told as its end; nobody is expected once the wait is over; and a transfer that a
discharge to the same place follows is one leaving.
"""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from services.notifications.domain.obligations.catalogue import ENTRIES, Recipient, retracted
from services.notifications.domain.obligations.one_leaving import is_told, same_leaving, when
from services.notifications.domain.obligations.statements import Facts, FactVersion
from shared.events.admission import is_movement
from shared.events.pathway import ExpectationMet, ExpectationWithdrawn


class SaysMore(NamedTuple):
    """What a desk is told, or knows, in place of something that says less."""

    version: FactVersion
    reason: str


def says_more(version: FactVersion, kind: str, desk: Recipient, facts: Facts) -> SaysMore | None:
    """What makes a message of a movement needless to a desk."""
    stated = version.event.data
    if not is_movement(stated):
        return None
    if kind in ENTRIES:
        end = _end_of_wait(facts, lambda end: _ended_by(end) == stated.movement_id)
        return SaysMore(end, "told_as_end_of_wait") if end is not None and is_told(end, desk) else None
    if kind == "transfer.departed":
        over = _end_of_wait(facts, lambda end: end.departure_movement_id == stated.movement_id)
        if over is not None:
            return SaysMore(over, "no_longer_expected")
        before = (each for each in same_leaving(version, desk, facts) if when(each) < when(version))
        return next((SaysMore(each, "one_leaving") for each in before), None)
    if kind == retracted("transfer.departed"):  # what was told of the departure is true all the same
        others = same_leaving(version, desk, facts)
        return next((SaysMore(each, "one_leaving") for each in others), None)
    return None


_End = ExpectationMet | ExpectationWithdrawn


def _end_of_wait(facts: Facts, is_it: Callable[[_End], bool]) -> FactVersion | None:
    """The end that stands of the wait that is meant; a departure that does not hold any more ends nothing."""
    for fact in facts.values():
        end = fact[-1].event.data
        if isinstance(end, _End) and fact[-1].news is not None and is_it(end):
            return fact[-1]
    return None


def _ended_by(end: _End) -> UUID | None:
    return end.arrival_movement_id if isinstance(end, ExpectationMet) else end.ended_by_movement_id
