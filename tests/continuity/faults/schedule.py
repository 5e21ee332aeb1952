"""Draws the schedule of faults from the seed: the same seed gives the same schedule."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tests.continuity.faults.kinds import KINDS, LOSES_DATA, group_of

MAX_CONCURRENT_FAULTS: Final = 3
RECOVERY_SECONDS: Final = 5.0
"""How long a target is left to recover before it may be hit again."""
REPAIR_SECONDS: Final = 75.0
"""In which what the broker lost is found by the consumers' comparisons and pulled."""


@dataclass(frozen=True)
class Fault:
    """One fault of a schedule."""

    number: int
    kind: str
    target: str
    at_seconds: float
    """After the start of the load."""
    lasts_seconds: float
    seed: int
    """Seeds what is drawn while the fault is carried out."""


def schedule_of(
    seed: int, *, kinds: Sequence[str], times: int, within_seconds: float, lasts_seconds: float | None = None
) -> list[Fault]:
    """Every kind `times` times, as a Poisson process over the given time as far as the rules allow.

    At most three overlap, and none hits a target that is still affected; so the last may come later.
    `lasts_seconds` replaces the duration of every kind.
    """
    dice = random.Random(seed)
    waiting = [_drawn(kind, dice) for kind in kinds for _ in range(times)]
    if lasts_seconds is not None:
        waiting = [replace(fault, lasts_seconds=lasts_seconds) for fault in waiting]
    dice.shuffle(waiting)
    _put_losses_first(waiting, within_seconds)
    # Given their number, the moments of a Poisson process are independent and uniform.
    moments = sorted(dice.uniform(0, within_seconds) for _ in waiting)
    faults: list[Fault] = []
    at = 0.0
    for moment in moments:
        at = max(at, round(moment, 3))
        while (fitting := _fitting(waiting, faults, at)) is None:
            at = min(over_at(fault) for fault in faults if over_at(fault) > at)
        waiting.remove(fitting)
        faults.append(replace(fitting, number=len(faults) + 1, at_seconds=at))
    return faults


def _put_losses_first(waiting: list[Fault], within_seconds: float) -> None:
    """Exchange faults in which the broker loses data, where they would come last, with earlier ones.

    What was lost is found missing by comparisons every half minute, which the end of the run would wait for.
    """
    last = int(len(waiting) * max(0.5, 1 - REPAIR_SECONDS / within_seconds))
    early = [place for place, fault in enumerate(waiting[:last]) if fault.kind not in LOSES_DATA]
    for place in range(last, len(waiting)):
        if waiting[place].kind in LOSES_DATA and early:
            other = early.pop(place % len(early))
            waiting[place], waiting[other] = waiting[other], waiting[place]


def over_at(fault: Fault) -> float:
    """When its target is expected to have recovered."""
    return round(fault.at_seconds + fault.lasts_seconds + RECOVERY_SECONDS, 3)


def _drawn(kind: str, dice: random.Random) -> Fault:
    target = dice.choice(KINDS[kind].targets)
    lasts = dice.uniform(*KINDS[kind].lasts)
    return Fault(0, kind, target, 0.0, round(lasts, 3), dice.getrandbits(32))


def _fitting(waiting: Sequence[Fault], faults: Sequence[Fault], at: float) -> Fault | None:
    """The first waiting fault that the rules allow at this moment."""
    held = [group_of(fault.target) for fault in faults if over_at(fault) > at]
    if len(held) >= MAX_CONCURRENT_FAULTS:
        return None
    return next((fault for fault in waiting if group_of(fault.target) not in held), None)
