"""How many files of pathway a question for a timeline passes."""

import pytest
from fastapi import FastAPI

from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes
from tests.files_passed import FilesPassed
from tests.integration.pathway.delivery import Delivery
from tests.integration.pathway.readers import reader

pytestmark = pytest.mark.services

READ = 4


async def test_a_timeline_passes_few_files(app: FastAPI, delivery: Delivery) -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    delivery.now = minutes(601)
    await delivery.deliver(rose.events)
    passed = FilesPassed()
    async with reader(app, delivery, HOSPITAL, "read", "intake") as client:
        with passed.recorded():
            answer = await client.get(f"/v1/persons/{rose.person_id}/pathway")
    assert (answer.status_code, len(answer.json()["movements"])) == (200, 2)
    passed.assert_at_most(READ, "services/pathway")
