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
from services.notifications.handlers.obligations.obligation_balance import balance_of
from shared.security.principal import Principal
from shared.testing.person_history import HOSPITAL, PersonHistory
from tests.integration.notifications.desk import MORNING, OPERATOR, Desk, carer

pytestmark = pytest.mark.services

WHO = "registre 4711"


@pytest.fixture
async def rose(desk: Desk) -> PersonHistory:
    """Admitted half an hour ago; a carer is to be told by e-mail."""
    history = PersonHistory("Rose")
    await desk.state(history.admit("stay", at=MORNING - timedelta(minutes=30)))
    await desk.enrol(history.person_id, carer("email"))
    return history


async def _end(
    desk: Desk, rose: PersonHistory, obligation: Any, ending: Ending, *, principal: Principal = OPERATOR
) -> ObligationView | None:
    return await resolve_manually(
        desk.dependencies,
        principal=principal,
        person_id=rose.person_id,
        obligation_id=obligation["obligation_id"],
        word=ManualResolution(ending=ending, by=WHO, at=desk.now),
    )


@pytest.mark.parametrize("ending", ["acknowledged", "handled_by_human"])
async def test_nothing_more_is_sent_and_the_outcome_is_published_once(
    desk: Desk, rose: PersonHistory, ending: Ending
) -> None:
    (obligation,) = await desk.obligations()
    for _ in range(2):
        view = await _end(desk, rose, obligation, ending)
        assert view is not None
        assert view.status == "acknowledged"
    await desk.after(days=2)
    assert await desk.attempts() == []
    assert [outcome.outcome for outcome in await desk.outcomes()] == [ending]


async def test_what_a_person_told_is_taken_back_when_it_was_wrong(desk: Desk, rose: PersonHistory) -> None:
    (obligation,) = await desk.obligations()
    await _end(desk, rose, obligation, "handled_by_human")
    desk.now += timedelta(minutes=5)
    await desk.state(rose.cancel(rose.events[0], emitted=desk.now))
    await desk.turn()
    assert (await desk.ends())["admission.occurred.retracted"][0] == "informed"


async def test_the_task_of_one_that_expired_is_closed_and_its_outcome_stays(
    desk: Desk, rose: PersonHistory
) -> None:
    await desk.pool.execute("UPDATE contact_points SET state = 'bad'")
    await desk.after(hours=2)
    (obligation,) = await desk.obligations(status="expired")
    await _end(desk, rose, obligation, "handled_by_human")
    assert await desk.pool.fetchval("SELECT closed_at IS NOT NULL FROM human_tasks")
    day = MORNING.date()
    (tally,) = (await balance_of(desk.dependencies, since=day, until=day, establishment=HOSPITAL)).tallies
    assert tally.reasons == {"expired": {"then_told_by_a_person": 1}}


async def test_what_ended_otherwise_is_refused(desk: Desk, rose: PersonHistory) -> None:
    await desk.turn()
    (obligation,) = await desk.obligations(status="informed")
    with pytest.raises(EndedOtherwise):
        await _end(desk, rose, obligation, "acknowledged")


async def test_nobody_ends_anothers_and_who_said_so_is_sealed(desk: Desk, rose: PersonHistory) -> None:
    (obligation,) = await desk.obligations()
    stranger = Principal(source_id=UUID(int=3), establishment="750000009", scopes=frozenset({"circle"}))
    assert await _end(desk, rose, obligation, "acknowledged", principal=stranger) is None
    await _end(desk, rose, obligation, "acknowledged")
    (ended,) = await desk.obligations()
    assert ended["human_source"] == OPERATOR.source_id
    assert WHO.encode() not in ended["human_by"]
