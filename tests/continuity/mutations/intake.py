"""Bugs of the intake: acknowledged before the commit, answers swapped, persons merged, unlocked sequences."""

import asyncio
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.admission.api.hl7v2 import door
from services.admission.handlers import commit_submissions
from shared.events.envelope import NewEvent, RecordedEvent
from shared.security.vault import Vault
from shared.spine.outbox import append as appending
from tests.continuity.mutations.patching import replaced

_PAUSE_SECONDS: Final = 0.4
_unfinished: Final[set[asyncio.Task[None]]] = set()

_DRAW: Final = """
INSERT INTO subjects (subject, last_sequence) VALUES ($1, $2)
ON CONFLICT (subject) DO UPDATE SET last_sequence = subjects.last_sequence + excluded.last_sequence
RETURNING last_sequence
"""
_GIVEN: Final = """drawn AS (
    SELECT * FROM unnest($SUBJECTS::uuid[], $NUMBERS::bigint[]) AS d (subject, last_sequence)
), numbered"""


def acknowledged_before_commit() -> None:
    """Answer before the commit is done."""
    replaced(commit_submissions, "transaction", _committed_later)


@asynccontextmanager
async def _committed_later(pool: Any) -> AsyncIterator[Any]:
    connection = await pool.acquire(timeout=10)
    work = connection.transaction()
    await work.start()
    try:
        yield connection
    except BaseException:
        await work.rollback()
        await pool.release(connection)
        raise
    task = asyncio.create_task(_commit(pool, connection, work))
    _unfinished.add(task)
    task.add_done_callback(_unfinished.discard)


async def _commit(pool: Any, connection: Any, work: Any) -> None:
    await asyncio.sleep(_PAUSE_SECONDS)
    await work.commit()
    await pool.release(connection)


def messages_acknowledged_first() -> None:
    """Answer an HL7 v2 message before what it states is stored."""

    async def stated_later(*args: Any, **kwargs: Any) -> tuple[()]:
        async def state() -> None:
            await asyncio.sleep(_PAUSE_SECONDS)
            await state_all(*args, **kwargs)

        task = asyncio.create_task(state())
        _unfinished.add(task)
        task.add_done_callback(_unfinished.discard)
        return ()

    state_all = replaced(door, "state_all", stated_later)


def answers_swapped() -> None:
    """Swap the receipts of the first two submissions of a batch, if both are of one establishment."""

    async def swapped(dependencies: Any, batch: Sequence[Any]) -> Any:
        answers = await commit(dependencies, batch)
        if len({submission.data.establishment for submission in batch[:2]}) == 1:
            answers[:2] = reversed(answers[:2])
        return answers

    commit = replaced(commit_submissions, "commit_submissions", swapped)


def persons_merged() -> None:
    """Treat identifiers that differ only in their last character as one person's."""

    def shortened(self: Vault, *parts: str) -> Any:
        return blind_index(self, *parts[:-1], parts[-1][:-1])

    blind_index = replaced(Vault, "blind_index", shortened)


def numbers_drawn_outside() -> None:
    """Draw sequence numbers outside the transaction: without a lock, and not undone by a rollback."""
    numbered = re.compile(r"drawn AS \(.*?\n\), numbered", re.DOTALL)
    statement, found = numbered.subn(_GIVEN, appending._APPEND)
    assert found == 1

    async def append(
        connection: Any, *, publisher: str, events: Sequence[NewEvent], recorded_at: datetime
    ) -> list[RecordedEvent]:
        last = await _draw(Counter(event.subject for event in events))
        await asyncio.sleep(_PAUSE_SECONDS)
        numbering: Any = _WithNumbers(connection, statement, last)
        return await appending.append(numbering, publisher=publisher, events=events, recorded_at=recorded_at)

    replaced(commit_submissions, "append", append)


async def _draw(wanted: Counter[UUID]) -> dict[UUID, int]:
    own = await asyncpg.connect(os.environ["RELAIS_DATABASE_URL"], timeout=10)
    try:
        return {subject: await own.fetchval(_DRAW, subject, wanted[subject]) for subject in sorted(wanted)}
    finally:
        await own.close()


class _WithNumbers:
    """A connection that makes the ledger's statement use the numbers drawn before."""

    def __init__(self, plain: Any, statement: str, last: dict[UUID, int]) -> None:
        self._plain, self._statement, self._last = plain, statement, last

    async def fetch(self, _: str, *values: Any) -> Any:
        given = len(values)
        statement = self._statement.replace("$SUBJECTS", f"${given + 1}").replace("$NUMBERS", f"${given + 2}")
        return await self._plain.fetch(statement, *values, list(self._last), list(self._last.values()))
