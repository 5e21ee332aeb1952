"""Bugs of the relay: a cursor, several leaders, rows deleted before they are acknowledged."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from services.admission.handlers import commit_submissions
from shared.spine.outbox import relay as module
from shared.spine.outbox import sending
from shared.spine.outbox.relay import Relay
from tests.continuity.mutations.patching import replaced

_PAUSE_SECONDS: Final = 0.3
_AFTER: Final = module._UNSENT.replace("ORDER BY", "WHERE outbox.id > $2 ORDER BY")
_UNLOCKED: Final = module._UNSENT.replace("LIMIT $1", "LIMIT $1 FOR UPDATE OF outbox SKIP LOCKED")
_FEW: Final = 50


def id_cursor() -> None:
    """Continue after the last id seen, which skips rows that commit late under a smaller id."""
    seen: defaultdict[Relay, int] = defaultdict(int)

    async def round_(self: Relay, session: Any, producer: Any, *_: Any) -> int:
        rows = await session.fetch(_AFTER, self._batch_size, seen[self])
        if rows:
            await sending.send(producer, self._publisher, rows)
            seen[self] = rows[-1]["outbox_id"]
            await session.execute("DELETE FROM outbox WHERE id <= $1", seen[self])
        return len(rows)

    replaced(Relay, "_send_next_batch", round_)

    @asynccontextmanager
    async def slow(pool: Any) -> AsyncIterator[Any]:
        async with plain(pool) as connection:
            yield connection
            await asyncio.sleep(random.uniform(0, _PAUSE_SECONDS))

    plain = replaced(commit_submissions, "transaction", slow)


def several_relays() -> None:
    """Let every worker send rows that no other one has locked."""

    async def lead(_: Any) -> bool:
        return True

    async def round_(self: Relay, session: Any, producer: Any, *_: Any) -> int:
        async with session.transaction():
            rows = await session.fetch(_UNLOCKED, _FEW)
            if rows:
                await asyncio.sleep(random.uniform(0, _PAUSE_SECONDS))
                await sending.send(producer, self._publisher, rows)
                await session.execute(module._SENT, [row["outbox_id"] for row in rows])
        return len(rows)

    replaced(module, "_try_lock", lead)
    replaced(Relay, "_send_next_batch", round_)


def deleted_before_acknowledged() -> None:
    """Delete the rows from the outbox before sending them."""

    async def round_(self: Relay, session: Any, producer: Any, *_: Any) -> int:
        rows = await session.fetch(module._UNSENT, self._batch_size)
        if rows:
            await session.execute(module._SENT, [row["outbox_id"] for row in rows])
            await asyncio.sleep(_PAUSE_SECONDS)
            await sending.send(producer, self._publisher, rows)
        return len(rows)

    replaced(Relay, "_send_next_batch", round_)
