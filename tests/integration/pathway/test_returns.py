"""A return is watched on a real database: judged once, ended by the next fact, forgotten with the person."""

import json

import pytest

from services.pathway.periodic.measure_ruptures import measure_ruptures
from services.pathway.storage import pathways
from shared.events.pathway import FurtherExpectationStated
from shared.telemetry import metrics
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.pathway.delivery import Delivery

pytestmark = pytest.mark.services


async def _states(delivery: Delivery) -> list[str]:
    said = await delivery.published()
    return [each.state for each in said if isinstance(each, FurtherExpectationStated)]


async def test_who_does_not_come_back_is_missed_once_until_they_do(delivery: Delivery) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.further("leave", "stay", at=minutes(60), expected_at=minutes(600))
    paul = PersonHistory("Paul")
    paul.further("planned_admission", "plan", at=minutes(-300), expected_at=minutes(-200))
    delivery.now = minutes(61)
    await delivery.deliver([*rose.events, *paul.events])
    await delivery.watch(minutes(659))
    assert await _states(delivery) == ["open", "open", "overdue"]
    await measure_ruptures(delivery.dependencies)
    assert "relais_ruptures_open 0.0" in metrics.expose().decode()
    await delivery.watch(minutes(661))
    await delivery.watch(minutes(662))
    assert await _states(delivery) == ["open", "open", "overdue", "overdue"]
    await measure_ruptures(delivery.dependencies)
    assert "relais_ruptures_open 1.0" in metrics.expose().decode()
    found = await pathways.read_watched(delivery.pool, rose.person_id, establishments=None)
    assert found is not None
    pathway, watched = found
    assert watched[pathway.further_expectations[0].expectation_id].overdue
    await delivery.deliver([rose.further("return", "stay", at=minutes(700))])
    await delivery.watch(minutes(900))
    assert await _states(delivery) == ["open", "open", "overdue", "overdue", "met_late"]


async def test_a_pathway_of_the_release_before_is_read(delivery: Delivery) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    await delivery.deliver(rose.events)
    (document,) = [json.loads(each["document"]) for each in await delivery.pool.fetch("TABLE pathways")]
    del document["further_expectations"]
    await delivery.pool.execute("UPDATE pathways SET document = $1", json.dumps(document))
    found = await pathways.read(delivery.pool, rose.person_id)
    assert found is not None
    assert found.further_expectations == ()
