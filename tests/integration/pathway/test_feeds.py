"""The watch waits for what a destination has to say, and no longer."""

from dataclasses import replace as with_
from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.pathway.domain.rules import RULES
from services.pathway.handlers.detect_overdue_expectations import detect_overdue_expectations
from shared.database.transaction import transaction
from shared.events.pathway import RuptureOpened
from shared.testing.person_history import (
    HOSPITAL,
    NURSING_HOME,
    REHABILITATION,
    PersonHistory,
    minutes,
    movement_of,
)
from tests.integration.pathway.delivery import Delivery

pytestmark = pytest.mark.services


@pytest.fixture
async def watching(delivery: Delivery) -> Delivery:
    """Rose left at 600 and is due at 720."""
    delivery.rules = RULES
    rose = PersonHistory("Rose")
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    delivery.now = minutes(601)
    await delivery.deliver(rose.events)
    return delivery


async def _speaks(delivery: Delivery, establishment: str, *, at: float) -> None:
    other = PersonHistory(f"somebody at {at}")
    delivery.now = minutes(at)
    await delivery.deliver([other.admit("stay", at=minutes(at - 2), establishment=establishment)])


async def _raised(delivery: Delivery) -> int:
    return sum(isinstance(each, RuptureOpened) for each in await delivery.published())


async def test_a_destination_that_speaks_after_the_deadline_is_believed_two_minutes_later(
    watching: Delivery,
) -> None:
    await _speaks(watching, REHABILITATION, at=722)
    await watching.watch(minutes(723))
    assert await _raised(watching) == 0
    await watching.watch(minutes(724))
    assert await _raised(watching) == 1


async def test_the_word_of_others_or_from_before_the_deadline_says_nothing(watching: Delivery) -> None:
    await _speaks(watching, REHABILITATION, at=715)
    await _speaks(watching, NURSING_HOME, at=725)
    await watching.watch(minutes(749))
    assert await _raised(watching) == 0
    await watching.watch(minutes(751))
    assert await _raised(watching) == 1


async def test_a_legal_entity_has_spoken_when_all_of_its_sites_have(watching: Delivery) -> None:
    rose, legal_entity = PersonHistory("Iris"), "330000099"
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.discharge("first", at=minutes(602), establishment=HOSPITAL, to=legal_entity)
    watching.now = minutes(603)
    await watching.deliver(rose.events)  # she is due two hours later, as the other one is
    for at, site in ((710, NURSING_HOME), (725, REHABILITATION), (726, NURSING_HOME)):
        await watching.watch(minutes(at))
        assert await _raised(watching) == 0
        stated = PersonHistory(f"somebody at {at}").admit("stay", at=minutes(at - 1), establishment=site)
        of_site = replace(stated, data=replace(movement_of(stated), legal_entity=legal_entity))
        await watching.deliver([of_site])
    await watching.watch(minutes(729))
    assert await _raised(watching) == 2


async def test_nobody_is_judged_before_the_process_has_listened_for_a_while(watching: Delivery) -> None:
    watching.now = minutes(800)
    for since, judged in ((799, 0), (797, 1)):
        started = with_(watching.dependencies, watching_since=minutes(since))
        async with transaction(watching.pool) as connection:
            assert await detect_overdue_expectations(started, connection) == judged


async def test_nobody_is_judged_while_old_statements_come_in(watching: Delivery) -> None:
    other = PersonHistory("somebody")
    late = other.admit("stay", at=minutes(730), establishment=NURSING_HOME)
    watching.now = minutes(800)
    await watching.deliver([late])
    await watching.watch(minutes(800) + timedelta(seconds=10))
    assert await _raised(watching) == 0
    await watching.watch(minutes(801))
    assert await _raised(watching) == 1


async def test_what_was_heard_is_kept_in_one_row_for_each_establishment(watching: Delivery) -> None:
    for at in (700, 701, 702):
        await _speaks(watching, REHABILITATION, at=at)
    await watching.watch(minutes(710))
    assert await watching.pool.fetchval("SELECT count(*) FROM feed_hearings") == 0
    rows = await watching.pool.fetch("SELECT establishment, current_until FROM feeds ORDER BY establishment")
    assert [row["establishment"] for row in rows] == [HOSPITAL, REHABILITATION]
    assert rows[1]["current_until"] == minutes(701)
