"""A callback is called after the commit of its transaction, once, and never without one."""

import pytest

from shared.database.pool import Pool
from shared.database.transaction import after_commit, transaction

pytestmark = pytest.mark.services


async def test_a_callback_is_called_once_after_the_commit(pool: Pool) -> None:
    done: list[Pool] = []
    async with transaction(pool):
        for _ in range(2):
            after_commit(done.append)
        assert done == []
    assert done == [pool]


async def test_what_is_rolled_back_calls_nothing(pool: Pool) -> None:
    done: list[Pool] = []

    async def fail() -> None:
        async with transaction(pool):
            after_commit(done.append)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with transaction(pool):
        pass
    assert done == []


async def test_each_transaction_has_its_own_callbacks(pool: Pool) -> None:
    inner: list[Pool] = []
    outer: list[Pool] = []
    async with transaction(pool):
        async with transaction(pool):
            after_commit(inner.append)
        assert inner == [pool]
        after_commit(outer.append)
    assert (inner, outer) == ([pool], [pool])
    after_commit(outer.append)
    assert outer == [pool]
