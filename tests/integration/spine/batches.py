"""A partition and its batches without a broker, and the use cases they are applied with."""

from collections.abc import Sequence
from uuid import UUID

from shared.database.pool import Connection, Pool
from shared.spine.inbox import checkpoint
from shared.spine.inbox.applier import Batch, Route
from shared.spine.inbox.checkpoint import PartitionLease
from shared.spine.records.incoming import IncomingRecord
from shared.spine.records.received import EventRejected, ReceivedEvent

REFUSED = "refused by the use case"


class Partition:
    """One partition as its owner sees it: makes batches that follow each other."""

    def __init__(self, lease: PartitionLease, position: int) -> None:
        self.lease = lease
        self.position = position

    def batch(self, records: Sequence[IncomingRecord]) -> Batch:
        """The next batch; call `moved` once it is applied."""
        return Batch(
            lease=self.lease,
            expected=self.position,
            following=self.position + len(records),
            incoming=records,
        )

    def moved(self, batch: Batch) -> None:
        """The batch was applied."""
        self.position = batch.following


async def claim_partition(pool: Pool, number: int = 0) -> Partition:
    """Own the partition, from its stored position or 0."""
    lease, stored = await checkpoint.take_lease(
        pool, consumer_group="relais-test", cluster_id="cluster", topic="relais.admission", partition=number
    )
    if stored is None:
        await checkpoint.reset(pool, lease, 0)
    return Partition(lease, stored or 0)


async def record_effects(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
    """A use case: one row per event; applying an event twice would fail."""
    await connection.executemany(
        "INSERT INTO effects (event_id) VALUES ($1)", [(event.event_id,) for event in events]
    )


def refusing(*refused: UUID) -> Route:
    """A use case that finds some events wrong, after it has written the effects of all."""

    async def route(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        await record_effects(None, connection, events)
        for event in events:
            if event.event_id in refused:
                raise EventRejected(event.event_id, REFUSED)

    return route
