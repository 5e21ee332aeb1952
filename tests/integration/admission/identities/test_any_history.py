"""Stated, merged, separated, moved, in any order and again: each movement is of the right person."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.admission.settings import Settings
from tests.integration.admission.conftest import Open
from tests.integration.admission.identities.holdings import movements_held, origins_of
from tests.integration.admission.identities.test_whose_movements import merged, moved, separated
from tests.integration.admission.running import Admission
from tests.unit.admission.bodies import HOSPITAL, identifier, movement

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = 60


@dataclass
class Expected:
    """What should be, by a reading of its own: who is named when, and who are one."""

    whose: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    """Movement -> when it was last said whose it is, and the number of that patient."""
    merges: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    """Those that hold, between two patients."""

    def say(self, movement_id: str, patient: int, at: datetime) -> None:
        known = self.whose.get(movement_id)
        if known is None or known[0] <= at:
            self.whose[movement_id] = (at, patient)
        elif known[1] == patient:
            self.whose[movement_id] = (max(known[0], at), patient)

    def one_with(self, patient: int) -> frozenset[int]:
        found = {patient}
        while more := {
            one for pair in self.merges.values() for one in pair if found & set(pair) and one not in found
        }:
            found |= more
        return frozenset(found)


@dataclass
class World:
    """Several processes of admission, the patients that they know, and what should be true of them."""

    apis: list[Admission]
    keys: list[Any]
    chance: random.Random
    person_ids: list[str] = field(default_factory=list)
    expected: Expected = field(default_factory=Expected)
    merge_ids: list[UUID] = field(default_factory=list)

    def opaque(self, movement_id: str) -> UUID:
        vault = self.apis[0].service.dependencies.vault
        return vault.opaque_id(HOSPITAL, "movement", movement_id)

    async def state(self, movement_id: str, patient: int, at: datetime) -> str:
        body = movement(identifier(f"patient-{patient}"), movement_id=movement_id, emitted_at=at.isoformat())
        place = self.chance.randrange(len(self.apis))
        answer = await self.apis[place].post(self.keys[place], body)
        assert answer.status_code == 202
        self.expected.say(movement_id, patient, at)
        return str(answer.json()["person_id"])

    async def merge_or_separate(self) -> None:
        api, known = self.chance.choice(self.apis), self.expected.merges
        if self.merge_ids and self.chance.random() < 0.6:
            merge_id = self.chance.choice(self.merge_ids)
            await separated(api, merge_id)
            known.pop(merge_id, None)
            return
        one, other = self.chance.sample(range(len(self.person_ids)), 2)
        merge_id = await merged(api, self.person_ids[one], self.person_ids[other], uuid4())
        self.merge_ids.append(merge_id)
        known[merge_id] = (one, other)

    async def move(self, movement_id: str) -> None:
        patient = self.chance.randrange(len(self.person_ids))
        await moved(self.chance.choice(self.apis), [self.opaque(movement_id)], self.person_ids[patient])
        self.expected.whose[movement_id] = (datetime.now(UTC), patient)  # stated already, or later

    async def check(self) -> None:
        held = await movements_held(self.apis[0])
        assert {one: each.origins for one, each in held.items()} == await origins_of(self.apis[0])
        groups: dict[frozenset[int], set[str]] = {}
        for movement_id, (_, patient) in self.expected.whose.items():
            if str(self.opaque(movement_id)) not in held:
                continue  # moved before anything was stated of it
            group = self.expected.one_with(patient)
            groups.setdefault(group, set()).add(held[str(self.opaque(movement_id))].person_id)
        for group, persons in groups.items():
            assert len(persons) == 1
            assert persons <= {self.person_ids[patient] for patient in group}


def moments(chance: random.Random) -> Iterator[datetime]:
    """Different ones in any order, all before anything is decided."""
    minutes = list(range(1000))
    chance.shuffle(minutes)
    return (LONG_AGO + timedelta(minutes=minute) for minute in minutes)


@pytest.mark.parametrize("seed", range(4))
async def test_each_movement_is_of_whom_it_should_be(
    open_admission: Open, admission_settings: Settings, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    async with AsyncExitStack() as stack:
        apis = [await stack.enter_async_context(open_admission(admission_settings)) for _ in range(2)]
        world = World(apis, [await api.source() for api in apis], chance)
        at = moments(chance)
        world.person_ids = [await world.state(f"first-{number}", number, next(at)) for number in range(4)]
        movement_ids = [f"m-{number}" for number in range(6)]
        for _ in range(STEPS):
            match chance.choice(("state", "state", "state", "merge", "move")):
                case "state":
                    await world.state(chance.choice(movement_ids), chance.randrange(4), next(at))
                case "merge":
                    await world.merge_or_separate()
                case _:
                    await world.move(chance.choice(movement_ids))
            await world.check()


async def test_nothing_is_stated_of_somebody_who_is_being_merged(
    open_admission: Open, admission_settings: Settings
) -> None:
    """Two processes that remember the owners take movements while persons are merged and separated."""
    chance = random.Random(0)  # noqa: S311
    async with AsyncExitStack() as stack:
        apis = [await stack.enter_async_context(open_admission(admission_settings)) for _ in range(2)]
        world = World(apis, [await api.source() for api in apis], chance)
        world.person_ids = [await world.state(f"first-{number}", number, LONG_AGO) for number in range(3)]

        async def state_some(patient: int) -> None:
            for number in range(30):
                await world.state(f"{patient}/{number}", patient, LONG_AGO)

        async def decide_some() -> None:
            for _ in range(30):
                await world.merge_or_separate()
                await asyncio.sleep(0)

        await asyncio.gather(*map(state_some, range(3)), decide_some())
        await world.check()
