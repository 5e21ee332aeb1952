"""What admission never recorded leaves no trace in a pathway, and what it led to is published as ended."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.pathway.handlers.take_back_movements import take_back_movements
from shared.database.pool import Connection
from shared.events.envelope import RecordedEvent
from shared.events.pathway import ExpectationOpened, ExpectationWithdrawn, RuptureClosed, RuptureOpened
from shared.events.registry import ADMISSION
from shared.spine.inbox.take_back import take_back
from shared.testing.person_history import (
    HOSPITAL,
    NURSING_HOME,
    REHABILITATION,
    PersonHistory,
    id_of,
    minutes,
)
from tests.integration.pathway.delivery import Delivery

pytestmark = pytest.mark.services


async def _taken_back(delivery: Delivery, *events: RecordedEvent) -> list[UUID]:
    async def undo(connection: Connection, event_ids: Sequence[UUID]) -> None:
        await take_back_movements(delivery.dependencies, connection, event_ids, ())

    ids = [event.event_id for event in events]
    return await take_back(delivery.pool, ADMISSION, ids, undo, now=delivery.now)


def _of_nobody(event: RecordedEvent) -> RecordedEvent:
    return replace(event, event_id=id_of("nobody", event.event_id))


def _rose() -> PersonHistory:
    rose = PersonHistory("Rose")
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    return rose


@pytest.mark.parametrize("overdue", [False, True])
async def test_a_departure_of_nobody_is_withdrawn_and_its_number_is_the_real_ones(
    delivery: Delivery, overdue: bool
) -> None:
    rose, real = _rose(), _rose()
    foreign = _of_nobody(rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION))
    delivery.now = minutes(601)
    await delivery.deliver([rose.events[0], foreign])
    if overdue:
        await delivery.watch(minutes(900))
    assert await _taken_back(delivery, foreign) == [rose.person_id]
    ends = [*([RuptureOpened, RuptureClosed] if overdue else []), ExpectationWithdrawn]
    published = [type(payload) for payload in await delivery.published()]
    assert published == [ExpectationOpened, *ends]
    await delivery.deliver(
        [real.discharge("first", at=minutes(590), establishment=HOSPITAL, to=NURSING_HOME)]
    )
    [(_, expectations)] = (await delivery.documents()).values()
    assert [row["to_establishment"] for row in expectations if row["state"] == "open"] == [NURSING_HOME]


async def test_of_whom_nobody_stated_anything_there_is_no_stay(delivery: Delivery) -> None:
    foreign = _of_nobody(_rose().events[0])
    await delivery.deliver([foreign])
    await _taken_back(delivery, foreign)
    [(pathway, expectations)] = (await delivery.documents()).values()
    assert (pathway["stays"], expectations) == ([], [])


async def test_what_comes_again_after_it_was_taken_back_changes_nothing(delivery: Delivery) -> None:
    foreign = _of_nobody(_rose().events[0])
    await delivery.deliver([foreign])
    await _taken_back(delivery, foreign)
    before = await delivery.documents()
    await delivery.deliver([foreign])
    assert await delivery.documents() == before
