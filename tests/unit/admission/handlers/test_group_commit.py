"""Many requests share one commit; the commit is a stand-in here, this is about the queue."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from services.admission.handlers.group_commit import GroupCommit, NotCommitted


class Commits:
    """A stand-in for the database: opens on a signal, refuses poison, remembers the batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.began = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self, _dependencies: None, batch: Sequence[str]) -> list[str]:
        self.began.set()
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        if "poison" in batch:
            raise asyncpg.CheckViolationError
        self.batches.append(list(batch))
        return [f"stored {item}" for item in batch]

    @property
    def stored(self) -> list[str]:
        return [item for batch in self.batches for item in batch]


async def queued(group: GroupCommit[None, str, str], items: Sequence[str]) -> list[asyncio.Task[str]]:
    """Submit without waiting for answers, once all are in the queue."""
    tasks = [asyncio.create_task(group.submit(item)) for item in items]
    await asyncio.sleep(0)  # each runs as far as its wait for the answer
    assert group.depth == len(items)
    return tasks


async def test_what_is_queued_during_one_commit_is_the_next_batch() -> None:
    commits = Commits()
    commits.open.clear()
    group = GroupCommit(commits)
    async with group.running(None):
        first = asyncio.create_task(group.submit("a"))
        await commits.began.wait()
        others = await queued(group, ["b", "c", "d"])
        commits.open.set()
        assert await asyncio.gather(first, *others) == ["stored a", "stored b", "stored c", "stored d"]
    assert commits.batches == [["a"], ["b", "c", "d"]]


async def test_a_second_batch_is_begun_meanwhile_only_when_many_are_queued() -> None:
    commits = Commits()
    commits.open.clear()
    group = GroupCommit(commits, second_flusher_from=3)
    async with group.running(None):
        first = asyncio.create_task(group.submit("a"))
        await commits.began.wait()
        others = await queued(group, ["b", "c"])
        commits.began.clear()
        others.append(asyncio.create_task(group.submit("d")))
        await commits.began.wait()
        assert group.depth == 0
        commits.open.set()
        await asyncio.gather(first, *others)
    assert commits.batches == [["a"], ["b", "c", "d"]]


async def test_a_batch_has_a_limit() -> None:
    commits = Commits()
    group = GroupCommit(commits, batch_limit=2)
    tasks = await queued(group, ["a", "b", "c"])
    async with group.running(None):
        await asyncio.gather(*tasks)
    assert commits.batches == [["a", "b"], ["c"]]


async def test_a_full_queue_refuses_at_once() -> None:
    group = GroupCommit(Commits(), queue_limit=1)
    assert not group.is_full
    tasks = await queued(group, ["a"])
    assert group.is_full
    with pytest.raises(NotCommitted):
        await group.submit("b")
    refused = await group.submit_all(["c", "d"])
    assert [type(one) for one in refused] == [NotCommitted, NotCommitted]
    async with group.running(None):
        assert await tasks[0] == "stored a"


async def test_many_wait_together_and_each_has_its_own_outcome() -> None:
    commits = Commits()
    group = GroupCommit(commits, batch_limit=2)
    async with group.running(None):
        answers = await group.submit_all(["a", "b", "poison", "c"])
    assert [answers[0], answers[1], answers[3]] == ["stored a", "stored b", "stored c"]
    assert isinstance(answers[2], asyncpg.CheckViolationError)
    assert commits.stored == ["a", "b", "c"]


async def test_of_many_that_time_out_each_says_whether_it_was_answered_in_time() -> None:
    commits = Commits()
    group = GroupCommit(commits, batch_limit=1, timeout_seconds=0)
    commits.open.clear()
    async with group.running(None):
        answers = await group.submit_all(["a", "b"])
        commits.open.set()
    assert [type(one) for one in answers] == [NotCommitted, NotCommitted]
    assert commits.stored == ["a", "b"], "they are committed all the same"


async def test_an_item_that_cannot_be_stored_fails_alone() -> None:
    commits = Commits()
    group = GroupCommit(commits)
    tasks = await queued(group, ["a", "b", "poison", "c", "d"])
    async with group.running(None):
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, str)] == [f"stored {x}" for x in "abcd"]
    assert isinstance(answers[2], asyncpg.CheckViolationError)
    assert commits.stored == ["a", "b", "c", "d"]


async def test_without_the_database_the_whole_batch_is_refused_and_the_next_one_is_tried() -> None:
    commits = Commits()
    commits.failure = asyncpg.ConnectionDoesNotExistError()
    group = GroupCommit(commits)
    tasks = await queued(group, ["a", "b"])
    async with group.running(None):
        refused = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(answer) for answer in refused] == [NotCommitted, NotCommitted]
        commits.failure = None
        assert await group.submit("a") == "stored a"


async def test_a_caller_that_goes_away_takes_nothing_with_it() -> None:
    commits = Commits()
    group = GroupCommit(commits)
    gone, stays = await queued(group, ["a", "b"])
    gone.cancel()
    async with group.running(None):
        assert await stays == "stored b"
    assert commits.stored == ["a", "b"]


async def test_a_request_times_out() -> None:
    commits = Commits()
    commits.open.clear()
    group = GroupCommit(commits, timeout_seconds=0)
    async with group.running(None):
        with pytest.raises(NotCommitted):
            await group.submit("a")
        commits.open.set()
    assert commits.stored == ["a"]


async def test_what_is_queued_at_the_end_is_committed_and_nothing_more_is_taken() -> None:
    commits = Commits()
    group = GroupCommit(commits, queue_limit=4)
    tasks = await queued(group, ["a", "b", "c", "d"])
    async with group.running(None):
        pass
    assert await asyncio.gather(*tasks) == [f"stored {x}" for x in "abcd"]
    with pytest.raises(NotCommitted):
        await group.submit("e")


async def test_what_is_submitted_together_is_stored_together_or_not_at_all() -> None:
    commits = Commits()
    commits.open.clear()
    group = GroupCommit(commits, batch_limit=4)
    async with group.running(None):
        first = asyncio.create_task(group.submit("a"))
        await commits.began.wait()
        spoilt = asyncio.create_task(group.submit_together(["b", "poison"]))
        whole = asyncio.create_task(group.submit_together(["c", "d"]))
        await asyncio.sleep(0)
        commits.open.set()
        assert await first == "stored a"
        with pytest.raises(asyncpg.CheckViolationError):
            await spoilt
        assert await whole == ["stored c", "stored d"]
    assert commits.batches == [["a"], ["c", "d"]]
