"""The bus comparison notices a record that was lost, applied twice or out of order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from uuid import UUID

import asyncpg
import pytest

from tests.continuity.bus.effects import CREATE, Effects, Verdict

pytestmark = pytest.mark.services

FIRST, SECOND = UUID(int=1), UUID(int=2)


@pytest.fixture
async def connection(create_database: Callable[..., str]) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database with an empty table of effects."""
    opened = await asyncpg.connect(await asyncio.to_thread(create_database))
    await opened.execute(CREATE)
    yield opened
    await opened.close()


async def take_effect(connection: asyncpg.Connection, applied: Sequence[tuple[int, UUID, int]]) -> None:
    """Insert effects, given as number, subject and sequence in the order of application."""
    await connection.executemany(
        "INSERT INTO effects (number, event_id, subject, sequence) VALUES ($1, gen_random_uuid(), $2, $3)",
        applied,
    )


ALL = [(0, FIRST, 1), (2, SECOND, 1), (1, FIRST, 2), (3, SECOND, 2)]


@pytest.mark.parametrize(
    ("applied", "verdict"),
    [
        (ALL, Verdict(applied_twice=0, lost=0, out_of_order=0)),
        (ALL[:3], Verdict(applied_twice=0, lost=1, out_of_order=0)),
        ([ALL[2], ALL[0], *ALL[1::2]], Verdict(applied_twice=0, lost=0, out_of_order=2)),
        ([*ALL, ALL[3]], Verdict(applied_twice=1, lost=0, out_of_order=1)),
    ],
)
async def test_the_verdict_names_each_harm(
    connection: asyncpg.Connection, applied: Sequence[tuple[int, UUID, int]], verdict: Verdict
) -> None:
    await take_effect(connection, applied)
    assert await Effects(connection).verdict(4) == verdict


async def test_the_longest_wait_is_that_of_the_record_applied_last(connection: asyncpg.Connection) -> None:
    await take_effect(connection, ALL)
    moments = await connection.fetch("SELECT extract(epoch FROM applied_at)::float8 AS at FROM effects")
    acknowledged = [moments[0]["at"]] * 4
    longest = await Effects(connection).longest_wait(0, acknowledged)
    assert longest == max(row["at"] for row in moments) - acknowledged[0]
