"""Generates the demo's journeys where the real stays are absent; the same for one seed."""

import random
from collections.abc import Iterator

from deploy.local.demo import journey
from deploy.local.demo.journey import Person, Step

_AFTER = (journey.REHABILITATION, journey.NURSING_HOME, journey.HOME_CARE, None)
_LOST_ARRIVAL = 0.08


def people(*, count: int = 100, seed: int = 1) -> list[Person]:
    """`count` persons with one hospital stay each, most of them handed on to another establishment."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable demo, not a secret
    return [
        Person(
            number=number,
            sex=chance.choice(("female", "male")),
            birth_date=f"19{chance.randint(20, 49)}-{chance.randint(1, 12):02d}-15",
            steps=tuple(_steps(number, chance)),
        )
        for number in range(1, count + 1)
    ]


def _steps(number: int, chance: random.Random) -> Iterator[Step]:
    here, stay = chance.choice((journey.HOSPITAL, journey.CLINIC)), f"G{number}-1"
    at = chance.uniform(0, 8)
    yield Step(at, "admission", here, stay, mode="home")
    for unit in chance.sample(("URG", "MED", "CHIR", "REA"), k=chance.randint(0, 2)):
        at += chance.uniform(0.5, 2)
        yield Step(at, "transfer", here, stay, unit=unit)
    at += chance.uniform(0.5, 4)
    after = chance.choice(_AFTER)
    if after is None:
        yield Step(at, "discharge", here, stay, mode="home")
        return
    yield Step(at, "discharge", here, stay, destination=after, mode="transfer")
    if chance.random() > _LOST_ARRIVAL:
        yield Step(at + 0.3, "admission", after, f"G{number}-2", origin=here, mode="transfer")
