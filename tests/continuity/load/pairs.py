"""Generates and sends what establishments state about two of their numbers: one person's, or not after all.

Statements come in any order, before or after the movements that they are about; the one emitted last counts.
"""

import asyncio
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import httpx

from tests.continuity.journal import Journal
from tests.continuity.load.enrolment import until_answered
from tests.continuity.load.offers import LOCAL_AUTHORITY, TWICE, local_number_of

_UNDONE: Final = 0.5
"""Share of the merges that are undone; of those, merged again."""
_REPEATED: Final = 0.2
_KINDS: Final = (("merge",), ("link",), ("merge", "link"))
"""Two numbers are merged, or linked, or both: they are one person's while either holds."""
_MAX_STATEMENTS: Final = 3
_MINUTES_APART: Final = 5


@dataclass(frozen=True, kw_only=True)
class PairOffer:
    """One statement about the two numbers of a person."""

    at: float
    """Position in the load, from 0 to 1."""
    person: str
    establishment: str
    kind: str
    """merge or link: each is undone by its own kind only."""
    are_one: bool
    body: Mapping[str, Any]
    times: int = 1


def pair_offers(
    run: str, person: str, establishment: str, *, base: datetime, dice: random.Random
) -> Iterator[PairOffer]:
    """The statements about a person who has two numbers in an establishment."""
    numbers = {"surviving": person, "merged": person + TWICE}
    named = {
        side: {"authority": LOCAL_AUTHORITY, "value": local_number_of(run, alias, establishment)}
        for side, alias in numbers.items()
    }
    for kind in dice.choice(_KINDS):
        yield from _offers_of(kind, run, person, establishment, named, base=base, dice=dice)


def _offers_of(
    kind: str,
    run: str,
    person: str,
    establishment: str,
    named: Mapping[str, Any],
    *,
    base: datetime,
    dice: random.Random,
) -> Iterator[PairOffer]:
    for number in range(_MAX_STATEMENTS):
        emitted_at = base - timedelta(minutes=_MINUTES_APART * (_MAX_STATEMENTS - number))
        body = {
            "source_event_id": f"{run}-{person}-{kind}-{number}",
            "establishment": establishment,
            "emitted_at": emitted_at.isoformat(),
            **named,
        }
        yield PairOffer(
            at=dice.random(),
            person=person,
            establishment=establishment,
            kind=kind,
            are_one=number % 2 == 0,
            body=body,
            times=2 if dice.random() < _REPEATED else 1,
        )
        if dice.random() >= _UNDONE:
            return


async def state_pairs(
    http: httpx.AsyncClient,
    addresses: Sequence[str],
    keys: Mapping[str, str],
    journal: Journal,
    offers: Sequence[PairOffer],
    *,
    within_seconds: float,
) -> None:
    """Send each at its moment, until it is answered; each intake takes its turn."""
    clock = asyncio.get_running_loop().time
    began = clock()
    for number, offer in enumerate(sorted(offers, key=lambda offer: offer.at)):
        await asyncio.sleep(began + offer.at * within_seconds - clock())
        await journal.write(
            item=f"{offer.kind} {offer.establishment} {offer.person}",
            surviving=offer.person,
            merged=offer.person + TWICE,
            are_one=offer.are_one,
            emitted_at=offer.body["emitted_at"],
        )
        action = offer.kind if offer.are_one else f"un{offer.kind}"
        url = f"{addresses[number % len(addresses)]}/v1/identities/{action}"
        for _ in range(offer.times):
            await until_answered(http, "POST", url, keys[offer.establishment], offer.body)
