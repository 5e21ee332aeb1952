"""What a publisher never recorded counts in no figure."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.indicators.handlers.take_back_facts import take_back_facts
from services.indicators.storage.facts import TABLES
from services.indicators.storage.projected import SWAPPED
from shared.database.pool import Connection
from shared.events.registry import ADMISSION
from shared.spine.inbox.take_back import take_back
from shared.testing.person_history import id_of
from tests.integration.indicators.delivery import Delivery, Service
from tests.integration.indicators.test_answers import ask, stay
from tests.unit.indicators.stated_facts import march_days, question

pytestmark = pytest.mark.services


async def test_a_stay_of_nobody_is_counted_no_more(service: Service, delivery: Delivery) -> None:
    real, foreign = stay("Rose", first=2, last=4), stay("Jean", first=2, last=4)
    foreign = [replace(event, event_id=id_of("nobody", event.event_id)) for event in foreign]
    await delivery.deliver([*real, *foreign])
    asked = question(march_days(1, 5))
    assert [day.value for day in (await ask(service, "occupancy", asked)).days] == [None, 2, 2, 0, 0]
    ids = [event.event_id for event in foreign]

    async def undo(connection: Connection, event_ids: Sequence[UUID]) -> None:
        await take_back_facts(service.dependencies, connection, event_ids, ())

    await take_back(service.spine.pool, ADMISSION, ids, undo, now=service.spine.clock())
    assert [day.value for day in (await ask(service, "occupancy", asked)).days] == [None, 1, 1, 0, 0]


def test_every_table_of_facts_is_looked_through() -> None:
    assert set(TABLES) == {projected.table for projected in SWAPPED}
