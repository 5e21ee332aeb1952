"""What follows when a person told the reader, or the reader said so."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.notifications.handlers.obligations.list_obligations import ObligationView
from services.notifications.handlers.obligations.manual_resolution import (
    EndedOtherwise,
    Ending,
    ManualResolution,
    resolve_manually,
)
from services.notifications.handlers.obligations.obligation_balance import read_balance
from shared.security.principal import Principal
from shared.testing.person_history import HOSPITAL, PersonHistory
from tests.integration.notifications.engine import MORNING, OPERATOR, Engine, carer

pytestmark = pytest.mark.services

WHO = "registre 4711"


@pytest.fixture
async def rose(engine: Engine) -> PersonHistory:
    """Admitted half an hour ago; a carer is to be told by e-mail."""
    history = PersonHistory("Rose")
    await engine.state(history.admit("stay", at=MORNING - timedelta(minutes=30)))
    await engine.enrol(history.person_id, carer("email"))
    return history


async def _end(
    engine: Engine, rose: PersonHistory, obligation: Any, ending: Ending, *, principal: Principal = OPERATOR
) -> ObligationView | None:
    return await resolve_manually(
        engine.dependencies,
        principal=principal,
        person_id=rose.person_id,
        obligation_id=obligation["obligation_id"],
        resolution=ManualResolution(ending=ending, by=WHO, at=engine.now),
    )


@pytest.mark.parametrize("ending", ["acknowledged", "handled_by_human"])
async def test_nothing_more_is_sent_and_the_outcome_is_published_once(
    engine: Engine, rose: PersonHistory, ending: Ending
) -> None:
    (obligation,) = await engine.obligations()
    for _ in range(2):
        view = await _end(engine, rose, obligation, ending)
        assert view is not None
        assert view.status == "acknowledged"
    await engine.after(days=2)
    assert await engine.attempts() == []
    assert [outcome.outcome for outcome in await engine.outcomes()] == [ending]


async def test_what_a_person_told_is_taken_back_when_it_was_wrong(
    engine: Engine, rose: PersonHistory
) -> None:
    (obligation,) = await engine.obligations()
    await _end(engine, rose, obligation, "handled_by_human")
    engine.now += timedelta(minutes=5)
    await engine.state(rose.cancel(rose.events[0], emitted=engine.now))
    await engine.turn()
    assert (await engine.ends())["admission.occurred.retracted"][0] == "informed"


async def test_the_task_of_one_that_expired_is_closed_and_its_outcome_stays(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.pool.execute("UPDATE contact_points SET state = 'bad'")
    await engine.after(hours=2)
    (obligation,) = await engine.obligations(status="expired")
    await _end(engine, rose, obligation, "handled_by_human")
    assert await engine.pool.fetchval("SELECT closed_at IS NOT NULL FROM human_tasks")
    day = MORNING.date()
    (tally,) = (await read_balance(engine.dependencies, since=day, until=day, establishment=HOSPITAL)).tallies
    assert tally.reasons == {"expired": {"then_told_by_a_person": 1}}


async def test_what_ended_otherwise_is_refused(engine: Engine, rose: PersonHistory) -> None:
    await engine.turn()
    (obligation,) = await engine.obligations(status="informed")
    with pytest.raises(EndedOtherwise):
        await _end(engine, rose, obligation, "acknowledged")


async def test_nobody_ends_anothers_and_who_said_so_is_sealed(engine: Engine, rose: PersonHistory) -> None:
    (obligation,) = await engine.obligations()
    stranger = Principal(source_id=UUID(int=3), establishment="750000009", scopes=frozenset({"circle"}))
    assert await _end(engine, rose, obligation, "acknowledged", principal=stranger) is None
    await _end(engine, rose, obligation, "acknowledged")
    (ended,) = await engine.obligations()
    assert ended["human_source"] == OPERATOR.source_id
    assert WHO.encode() not in ended["human_by"]
