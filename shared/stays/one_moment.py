"""Puts the movements of a stay into the order in which they were lived, where their times alone do not tell.

- Who was there already, and leaves and enters at one moment, entered last: they are there again. Only a bed
  after the emergency (A04, then A01) that was stated before the exit is a change, and no second entry.
- Of several entries, or of several moves inside, the one that was stated last is the last.
- Who died before the first admission of the stay had come before that: the papers are late.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from shared.stays.statements import ENTRIES, Statement, rank_of


def in_lived_order(movements: Sequence[Statement]) -> Sequence[Statement]:
    """The movements of one stay, which are in timeline order, as they were lived."""
    deaths = _deaths_before_admission(movements)
    if deaths:
        others = [each for each in movements if each not in deaths]
        until = next((place for place, each in enumerate(others) if _is_exit(each)), len(others))
        movements = [*others[:until], *deaths, *others[until:]]
    if len({each.occurred_at for each in movements}) == len(movements):  # as mostly
        return movements
    lived: list[Statement] = []
    for _, of_moment in groupby(movements, key=lambda each: each.occurred_at):
        lived += _at_one_moment(sorted(of_moment, key=place_in_moment), lived)
    return lived


def _deaths_before_admission(movements: Sequence[Statement]) -> list[Statement]:
    found: list[Statement] = []
    for each in movements:
        if each.kind == "admission":
            return found
        if each.kind == "discharge" and _is_death(each):
            found.append(each)
    return []


def _at_one_moment(movements: Sequence[Statement], before: Sequence[Statement]) -> list[Statement]:
    """The movements of one moment, and last those by which who was there before enters again."""
    exits = [each for each in movements if _is_exit(each) and not _is_death(each)]
    again = [each for each in movements if exits and each.kind in ENTRIES and _is_second(each, before, exits)]
    return [*(each for each in movements if each not in again), *again]


def place_in_moment(movement: Statement) -> tuple[int, tuple[datetime, int]]:
    """Orders what happened at one moment: entry, moves inside, exit; of each, the one stated last is last."""
    return rank_of(movement.kind, movement.destination, movement.establishment), movement.place_in_history


def _is_second(entry: Statement, before: Sequence[Statement], exits: Sequence[Statement]) -> bool:
    """Whether the person was there, so that they can only have entered after they left."""
    last = next((each for each in reversed(before) if each.kind != "transfer" or each.departs), None)
    if last is None or _is_exit(last):
        return False
    if entry.kind == "return":
        return last.kind != "leave"
    held = next((each.class_of_stay for each in reversed(before) if each.class_of_stay), None)
    left = max(each.place_in_history for each in exits)
    return entry.class_of_stay in (None, held) or entry.place_in_history > left


def _is_exit(movement: Statement) -> bool:
    return movement.kind == "discharge" or movement.departs


def _is_death(movement: Statement) -> bool:
    return movement.destination is not None and movement.destination.mode == "death"
