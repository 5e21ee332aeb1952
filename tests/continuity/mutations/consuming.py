"""Bugs of the consumers: position moved first, no fencing, events dropped, malformed events skipped."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from shared.spine.inbox import applier, checkpoint
from shared.spine.inbox.applier import Applier, Batch
from shared.spine.inbox.separate import WAITS, Separated
from shared.spine.records.incoming import IncomingRecord
from tests.continuity.mutations.patching import replaced

_PAUSE_SECONDS: Final = 0.4
_LONG_PAUSE_SECONDS: Final = 3.0
_UNFENCED: Final = """
UPDATE checkpoint SET next_offset = moved.following
FROM unnest($3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[])
    AS moved (topic, partition, epoch, expected, following)
WHERE consumer_group = $1 AND cluster_id = $2 AND checkpoint.topic = moved.topic
    AND checkpoint.partition = moved.partition
"""


def position_before_effects() -> None:
    """Move the position before the batch is applied, as with offsets that are committed first."""

    async def moved_first(self: Applier, *batches: Batch) -> Any:
        async with self._pool.acquire(timeout=10) as own:
            await advance(own, batches)
        await asyncio.sleep(_PAUSE_SECONDS)
        return await apply(self, *batches)

    async def nothing(*_: Any, **__: Any) -> None:
        return

    advance = replaced(checkpoint, "advance", nothing)
    apply = replaced(Applier, "apply", moved_first)


def no_fence() -> None:
    """Apply fetched records even when the partition belongs to another worker by now."""

    async def late(self: Applier, *batches: Batch) -> Any:
        await asyncio.sleep(_LONG_PAUSE_SECONDS)
        return await apply(self, *batches)

    replaced(checkpoint, "_ADVANCE", _UNFENCED)
    apply = replaced(Applier, "apply", late)


def inbox_swallows() -> None:
    """Treat two new events of one person in one batch as duplicates."""

    async def route(self: Applier, connection: Any, new: Sequence[IncomingRecord], traces: Any) -> Any:
        first = {each.envelope.subject: each for each in reversed(new) if each.envelope is not None}
        return await plain(self, connection, [each for each in new if each in first.values()], traces)

    plain = replaced(Applier, "_call_routes", route)


def poison_skipped() -> None:
    """Skip what cannot be decoded instead of parking it."""

    def separate(*args: Any, **kwargs: Any) -> Separated:
        separated: Separated = plain(*args, **kwargs)
        waiting = [record for record in separated.to_park if record.reason == WAITS]
        return Separated(separated.applicable, waiting)

    plain = replaced(applier, "separate", separate)
