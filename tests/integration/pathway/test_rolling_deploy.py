"""A consumer of the release before this one passes over what it does not know, and applies all the rest."""

import json
from typing import Final

import pytest

from shared.testing.person_history import PersonHistory, minutes
from tests.contract.test_released import RELEASED
from tests.integration.pathway.delivery import Delivery

pytestmark = pytest.mark.services

_HELD: Final = """
SELECT (SELECT count(*) FROM inbox) AS applied, (SELECT count(*) FROM parked) AS parked,
    (SELECT count(*) FROM holes) AS holes
"""


async def test_a_leave_stops_nothing_of_a_release_that_does_not_know_it(delivery: Delivery) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    leave = rose.further("leave", "stay", at=minutes(60), expected_at=minutes(300))
    rose.further("return", "stay", at=minutes(200))
    rose.cancel(leave)
    rose.discharge("stay", at=minutes(600))
    released = Delivery(delivery.pool, now=minutes(700), known=RELEASED.keys())
    applied = await released.deliver(rose.events)
    assert applied.skipped == 3
    assert dict(await delivery.pool.fetchrow(_HELD)) == {"applied": 5, "parked": 0, "holes": 0}
    document = json.loads(await delivery.pool.fetchval("SELECT document FROM pathways"))
    assert [each["kind"] for each in document["movements"]] == ["admission", "discharge"]


async def test_this_release_shows_the_leave(delivery: Delivery) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.further("leave", "stay", at=minutes(60), expected_at=minutes(300))
    delivery.now = minutes(100)
    await delivery.deliver(rose.events)
    document = json.loads(await delivery.pool.fetchval("SELECT document FROM pathways"))
    assert [stay["status"] for stay in document["stays"]] == ["on_leave"]
    assert document["movements"][1]["expected_at"] == "2026-03-02T13:00:00Z"
