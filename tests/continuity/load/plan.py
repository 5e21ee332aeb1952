"""Draws the load of a run from the seed: movements out of order, late, repeated and contradicted."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tests.continuity.load.journeys import Journey, hot_moves
from tests.continuity.load.offers import Offer, Repetition
from tests.continuity.load.pairs import PairOffer, pair_offers
from tests.continuity.load.scripts import Script, script_of

HOT: Final = 0.01
DUPLICATED: Final = 0.02
CONFLICTING: Final = 0.003
OUT_OF_ORDER: Final = 0.2
WITH_A_CARER: Final = 0.3
SCRIPTS: Final = 0.02
MIN_SCRIPTS: Final = 10
_APART: Final = 6.0
"""Time between two movements of one person, in percent of the load's time."""


@dataclass(frozen=True)
class Load:
    """`first`: admissions of persons with a carer, sent before any fault; `then`: the rest, in order.

    `pairs`: what establishments state about persons with two numbers, meanwhile. `scripts`: what they state
    about some persons one after the other.
    """

    first: Sequence[Offer]
    then: Sequence[Offer]
    pairs: Sequence[PairOffer] = ()
    scripts: Sequence[Script] = ()


def load_of(seed: int, *, n: int, run: str, base: datetime) -> Load:
    """About `n` movements; the same arguments give the same movements."""
    dice = random.Random(seed)
    hot = list(hot_moves(run, "HOT", base=base, count=max(2, int(n * HOT))))
    first: list[Offer] = []
    pairs: list[PairOffer] = []
    placed: list[tuple[float, Offer]] = [(dice.random(), offer) for offer in hot]
    scripts = [
        script_of(run, number, base=base, dice=random.Random(f"{seed} {number}"))
        for number in range(max(MIN_SCRIPTS, int(n * SCRIPTS)))
    ]
    first += [script.first for script in scripts if script.first is not None]
    scripted = sum(len(script.offers) for script in scripts)
    person, neighbour = 0, None
    while len(first) + len(placed) + scripted < n:
        person += 1
        alias, begins, has_carer = f"P{person:06d}", dice.random(), dice.random() < WITH_A_CARER
        # Whoever has a carer has no plans: news of them is due tomorrow.
        journey = Journey(
            run,
            alias,
            base=base,
            dice=dice,
            neighbour=neighbour,
            may_plan=not has_carer,
        )
        neighbour = neighbour if journey.is_local or journey.is_two else alias
        if has_carer:
            first.append(journey.admission())
        else:
            placed.append((begins, journey.admission()))
        placed += _placed(journey.rest(), begins, dice)
        if journey.is_twice:
            pairs += pair_offers(run, alias, journey.here, base=base, dice=dice)
    placed.sort(key=lambda item: item[0])
    then = [replace(offer, repetition=_repetition(dice)) for _, offer in placed]
    return Load(first, then, pairs, scripts)


def _placed(offers: Iterator[Offer], begins: float, dice: random.Random) -> Iterator[tuple[float, Offer]]:
    """The position of each movement in the load, from 0 to 1; one in five at random."""
    at = begins
    for offer in offers:
        at += _APART / 100 * dice.uniform(0.3, 1)
        yield (dice.random() if dice.random() < OUT_OF_ORDER else min(at, 1.0)), offer


def _repetition(dice: random.Random) -> Repetition:
    drawn = dice.random()
    if drawn < CONFLICTING:
        return "other_content"
    if drawn < CONFLICTING + DUPLICATED:
        return dice.choice(("again", "at_once"))
    return "plain"
