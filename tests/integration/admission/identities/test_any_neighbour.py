"""A neighbour states anything, in any order: what a hospital's numbers mean changes by its own word alone."""

import random
from typing import Any, Final

import pytest

from services.admission.domain.authorities import INS_NIR
from services.admission.periodic.join_persons import join_agreeing
from tests.integration.admission.houses import INS, TRAITS, House
from tests.integration.admission.identities.holdings import movements_held
from tests.integration.admission.identities.test_neighbours import BOB, INS_OF_BOB
from tests.integration.admission.identities.test_statements import offer
from tests.integration.admission.running import Admission
from tests.unit.admission.bodies import CLINIC, HOSPITAL, identifier

INS_OF_TWIN: Final = identifier("255081416802639", INS_NIR)
"""Of somebody whose traits are those of the first patient."""
INS_OF_ALL: Final = (INS, INS_OF_BOB, INS_OF_TWIN)
PATIENTS: Final = (
    ({"identifiers": [identifier("1", "ipp"), INS]}, TRAITS),
    ({"identifiers": [identifier("2", "ipp"), INS_OF_BOB]}, BOB),
    ({"identifiers": [identifier("3", "ipp")]}, TRAITS),
)
NUMBERS: Final = tuple(identifier(value, "ipp") for value in ("1", "2", "X", "Y"))
STEPS: Final = 24


async def anything(clinic: House, chance: random.Random, step: int) -> None:
    """One statement of the clinic."""
    numbers, emitted_at = [*NUMBERS, *INS_OF_ALL], f"2026-03-01T{chance.randrange(24):02}:{step:02}:00Z"
    first, second = chance.sample(numbers, 2)
    stated: dict[str, Any]
    match action := chance.choice(
        ["", "", "", "merge", "link", "unmerge", "unlink", "move", "change", "delete"]
    ):
        case "":
            traits = chance.choice([TRAITS, TRAITS, BOB, None])
            some = chance.sample(INS_OF_ALL, chance.randrange(3))
            await clinic.states(chance.choice(NUMBERS), *some, traits=traits)
            return
        case "move":
            stated = {"to": first, "former": second, "stay_ids": ["stay-1"]}
        case "change":
            stated = {"former": first, "number": second, "identity_status": "qualified"}
        case "delete":
            stated = {"number": first}
        case _:
            stated = {"surviving": first, "merged": second}
    path = action if action in {"merge", "link", "unmerge", "unlink", "move"} else f"{action}-number"
    answer = await offer(clinic, path, **stated, emitted_at=emitted_at)
    assert answer.status_code == 202, answer.text


async def named(hospital: House) -> list[str]:
    """Whom each number of the hospital means; a number that has not come before is a person of its own."""
    return [await hospital.person(one["identifiers"][0], traits=traits) for one, traits in PATIENTS]


@pytest.mark.parametrize("seed", range(4))
async def test_no_neighbour_changes_what_a_hospitals_numbers_mean(admission: Admission, seed: int) -> None:
    """Each of its numbers means the person who has its movements, and no other one means the same."""
    chance = random.Random(seed)  # noqa: S311
    hospital, clinic = await House.of(admission, HOSPITAL), await House.of(admission, CLINIC)
    for step in range(chance.randrange(4)):  # the clinic may come first
        await anything(clinic, chance, step)
    receipts = [await hospital.states(*one["identifiers"], traits=traits) for one, traits in PATIENTS]
    for step in range(STEPS):
        await anything(clinic, chance, step)
        if step % 4 == 0:
            await join_agreeing(admission.service.dependencies)
            assert len(set(await named(hospital))) == len(PATIENTS)
    twin = await hospital.person(identifier("4", "ipp"), INS_OF_TWIN)
    await join_agreeing(admission.service.dependencies)
    mine = await named(hospital)
    assert len({twin, *mine}) == len(mine) + 1
    movement_of = {
        str(row["event_id"]): str(row["movement_id"])
        for row in await admission.rows(
            "SELECT event_id, convert_from(data, 'UTF8')::jsonb ->> 'movement_id' AS movement_id FROM ledger"
        )
    }
    held = await movements_held(admission)
    assert [held[movement_of[receipt["event_id"]]].person_id for receipt in receipts] == mine
