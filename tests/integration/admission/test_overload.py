"""What happens to a flood? As many as may wait are stored and answered; all others are told to come back."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from services.admission.handlers.commit_submissions import Flushed
from services.admission.handlers.submission import Submission
from shared.web.middleware.in_flight_limit import MOST_IN_FLIGHT
from tests.integration.admission.running import Admission
from tests.unit.admission.bodies import movement

TOO_MANY = 100


async def test_who_comes_when_too_many_wait_is_refused_and_who_waits_is_stored(
    admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await admission.source()
    group_commit = admission.service.accept_movement.group_commit
    commit, may_commit, most_waiting = group_commit._commit, asyncio.Event(), 0

    async def held(batch: Sequence[Submission]) -> Sequence[Flushed]:
        nonlocal most_waiting
        most_waiting = max(most_waiting, group_commit.depth + len(batch))
        await may_commit.wait()
        return await commit(batch)

    monkeypatch.setattr(group_commit, "_commit", held)
    flood = [
        asyncio.create_task(admission.post(source, movement())) for _ in range(MOST_IN_FLIGHT + TOO_MANY)
    ]
    for answered in asyncio.as_completed(flood):
        assert (await answered).status_code == 503
        if sum(one.done() for one in flood) == TOO_MANY:
            break
    assert (await admission.client.get("/ready")).status_code == 200
    may_commit.set()
    answers = Counter(answer.status_code for answer in await asyncio.gather(*flood))
    assert answers == {202: MOST_IN_FLIGHT, 503: TOO_MANY}
    assert most_waiting <= MOST_IN_FLIGHT
    [stored] = await admission.rows("SELECT count(*) FROM submissions")
    assert stored["count"] == MOST_IN_FLIGHT
