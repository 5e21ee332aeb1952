"""How many files of indicators a question for a figure passes."""

import httpx
import pytest

from shared.testing.person_history import HOSPITAL, PersonHistory
from tests.files_passed import FilesPassed
from tests.integration.indicators.conftest import GrantKey
from tests.integration.indicators.delivery import Delivery
from tests.unit.indicators.stated_facts import march

pytestmark = pytest.mark.services

READ = 4


async def test_an_indicator_passes_few_files(
    client: httpx.AsyncClient, grant_key: GrantKey, delivery: Delivery
) -> None:
    rose = PersonHistory("Rose")
    rose.admit("stay", at=march(2))
    rose.discharge("stay", at=march(4))
    await delivery.deliver(rose.events)
    key, passed = await grant_key("read", establishment=HOSPITAL), FilesPassed()
    days = {"from": "2026-03-01", "to": "2026-03-05"}
    with passed.recorded():
        answer = await client.get("/v1/indicators/occupancy", params=days, headers=key)
    assert (answer.status_code, answer.json()["whole"]["value"]) == (200, 0.5)
    passed.assert_at_most(READ, "services/indicators")
