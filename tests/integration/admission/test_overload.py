"""In a flood as many as may wait are stored and answered, and all others are refused with 503."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from services.admission.domain.submission import Submission
from services.admission.handlers.commit_submissions import commit_submissions
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import Flushed
from services.admission.settings import Settings
from shared.web.middleware.places import MAX_IN_FLIGHT
from tests.integration.admission.conftest import Open
from tests.unit.admission.bodies import movement

SHARE = MAX_IN_FLIGHT * 3 // 4
"""Of one source that is alone."""
TOO_MANY = 100


async def test_requests_beyond_the_limit_are_refused_and_those_waiting_are_stored(
    open_admission: Open, admission_settings: Settings
) -> None:
    may_commit, most_waiting = asyncio.Event(), 0

    async def held(dependencies: Dependencies, batch: Sequence[Submission]) -> Sequence[Flushed]:
        nonlocal most_waiting
        most_waiting = max(most_waiting, dependencies.request_commits.depth + len(batch))
        await may_commit.wait()
        return await commit_submissions(dependencies, batch)

    async with open_admission(admission_settings, commit=held) as admission:
        source = await admission.source()
        flood = [asyncio.create_task(admission.post(source, movement())) for _ in range(SHARE + TOO_MANY)]
        for answered in asyncio.as_completed(flood):
            assert (await answered).status_code == 503
            if sum(one.done() for one in flood) == TOO_MANY:
                break
        assert (await admission.client.get("/ready")).status_code == 200
        may_commit.set()
        answers = Counter(answer.status_code for answer in await asyncio.gather(*flood))
        assert answers == {202: SHARE, 503: TOO_MANY}
        assert most_waiting <= SHARE
        [stored] = await admission.rows("SELECT count(*) FROM submissions")
        assert stored["count"] == SHARE
