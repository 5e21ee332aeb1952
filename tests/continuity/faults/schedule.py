"""When does what break? Drawn from the seed alone: the same seed gives the same schedule."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.continuity.faults.kinds import KINDS, group_of

MOST_AT_ONCE: Final = 3
RECOVERY_SECONDS: Final = 6.0
"""Reckoned for a part to be back, before the same part is hit again."""


@dataclass(frozen=True)
class Fault:
    """One thing that will break."""

    number: int
    kind: str
    target: str
    at_seconds: float
    """After the start of the load."""
    lasts_seconds: float
    seed: int
    """Of whatever else is drawn while it happens."""


def schedule_of(
    seed: int, *, kinds: Sequence[str], times: int, within_seconds: float, first_seconds: float = 2.0
) -> list[Fault]:
    """Every kind so many times, as a Poisson process over the given time as far as the rules allow.

    At most three overlap, and none hits what another one still holds; so the last may come later.
    """
    dice = random.Random(seed)
    waiting = [kind for kind in kinds for _ in range(times)]
    dice.shuffle(waiting)
    mean_gap = within_seconds / max(1, len(waiting))
    faults: list[Fault] = []
    at = first_seconds
    for number, kind in enumerate(waiting, start=1):
        target = dice.choice(KINDS[kind].targets)
        lasts = dice.uniform(*KINDS[kind].lasts)
        at = _possible(faults, target, at)
        faults.append(Fault(number, kind, target, round(at, 3), round(lasts, 3), dice.getrandbits(32)))
        at += dice.expovariate(1 / mean_gap)
    return faults


def _possible(faults: Sequence[Fault], target: str, wanted: float) -> float:
    """The first moment, not before `wanted`, at which the rules allow one more fault on the target."""
    at = wanted
    while True:
        held = [fault for fault in faults if fault.at_seconds <= at < _over(fault)]
        blocking = [fault for fault in held if group_of(fault.target) == group_of(target)]
        if not blocking and len(held) < MOST_AT_ONCE:
            return at
        at = min(_over(fault) for fault in (blocking or held))


def _over(fault: Fault) -> float:
    return fault.at_seconds + fault.lasts_seconds + RECOVERY_SECONDS
