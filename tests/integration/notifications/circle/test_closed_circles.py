"""A circle is closed once its person is in no establishment and nothing was stated for a year."""

from datetime import timedelta
from typing import Final

import pytest

from services.notifications.handlers.circle.close_circles import close_circles
from shared.testing.person_history import HOSPITAL, PersonHistory
from tests.integration.notifications.engine import MORNING, Engine

pytestmark = pytest.mark.services

YEAR: Final = timedelta(days=366)
OPEN: Final = "SELECT count(*) FROM members WHERE revoked_at IS NULL"
ADDRESSES: Final = "SELECT count(*) FROM contact_points"


async def _enrolled(engine: Engine, name: str, *, goes_home: bool) -> PersonHistory:
    person = PersonHistory(name)
    person.admit("stay", at=MORNING - timedelta(hours=3), establishment=HOSPITAL)
    if goes_home:
        person.discharge("stay", at=MORNING - timedelta(hours=1))
    await engine.state(*person.events)
    await engine.enrol(person.person_id)
    return person


async def test_who_went_home_a_year_ago_has_no_circle_and_nobodys_address_is_kept(engine: Engine) -> None:
    await _enrolled(engine, "Rose", goes_home=True)
    assert await close_circles(engine.dependencies) == 0
    engine.now += YEAR
    assert await close_circles(engine.dependencies) == 1
    assert await engine.pool.fetchval(OPEN) == await engine.pool.fetchval(ADDRESSES) == 0
    assert await close_circles(engine.dependencies) == 0


async def test_who_lives_in_an_establishment_keeps_the_circle(engine: Engine) -> None:
    await _enrolled(engine, "Iris", goes_home=False)
    engine.now += 5 * YEAR
    assert await close_circles(engine.dependencies) == 0
    assert await engine.pool.fetchval(OPEN) == 1


async def test_a_carer_who_joined_lately_stays(engine: Engine) -> None:
    person = await _enrolled(engine, "Rose", goes_home=True)
    engine.now += YEAR
    await engine.enrol(person.person_id)
    assert await close_circles(engine.dependencies) == 1
    assert await engine.pool.fetchval(OPEN) == 1
