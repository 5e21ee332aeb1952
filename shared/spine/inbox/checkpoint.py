"""Keeps the position of each partition, and fences every worker but the one that holds its lease.

A lease ends when another worker takes one: that raises the epoch, and nothing with an older epoch commits.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from shared.database.pool import Connection, Executor
from shared.runtime.errors import RetryableError


class Fenced(RetryableError):  # noqa: N818
    """Another worker has the lease of the partition, or applied these records already: discard the batch."""


class PartitionLease(msgspec.Struct, frozen=True, kw_only=True):
    """The right to apply the records of a partition, until another worker takes the lease."""

    consumer_group: str
    cluster_id: str
    topic: str
    partition: int
    epoch: int


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    """A move of a position: from the offset that it must have now to the one that comes next."""

    lease: PartitionLease
    expected: int
    following: int


_TAKE_LEASE: Final = """
INSERT INTO checkpoint (consumer_group, cluster_id, topic, partition, epoch) VALUES ($1, $2, $3, $4, 1)
ON CONFLICT (consumer_group, cluster_id, topic, partition) DO UPDATE SET epoch = checkpoint.epoch + 1
RETURNING epoch, next_offset
"""
_ADVANCE: Final = """
UPDATE checkpoint SET next_offset = moved.following
FROM unnest($3::text[], $4::int[], $5::bigint[], $6::bigint[], $7::bigint[])
    AS moved (topic, partition, epoch, expected, following)
WHERE consumer_group = $1 AND cluster_id = $2 AND checkpoint.topic = moved.topic
    AND checkpoint.partition = moved.partition AND checkpoint.epoch = moved.epoch
    AND next_offset = moved.expected
"""
_RESET: Final = """
UPDATE checkpoint SET next_offset = $6
WHERE consumer_group = $1 AND cluster_id = $2 AND topic = $3 AND partition = $4 AND epoch = $5
"""
# The table, not its rows: a partition whose first lease is taken meanwhile must wait as well.
_LOCK_ALL: Final = "LOCK TABLE checkpoint IN SHARE ROW EXCLUSIVE MODE"
_POSITIONS: Final = """
SELECT topic, partition, next_offset FROM checkpoint
WHERE consumer_group = $1 AND cluster_id = $2 AND next_offset IS NOT NULL
"""


async def take_lease(
    pool: Executor, *, consumer_group: str, cluster_id: str, topic: str, partition: int
) -> tuple[PartitionLease, int | None]:
    """The lease, whose previous holder cannot commit any more, and the stored position, if there is one."""
    row = await pool.fetchrow(_TAKE_LEASE, consumer_group, cluster_id, topic, partition)
    lease = PartitionLease(
        consumer_group=consumer_group,
        cluster_id=cluster_id,
        topic=topic,
        partition=partition,
        epoch=row["epoch"],
    )
    return lease, row["next_offset"]


async def advance(connection: Connection, advances: Sequence[Advance]) -> None:
    """Compare and set all positions, of one group and cluster, or raise Fenced.

    Must be the first statement of the transaction.
    """
    leases = [each.lease for each in advances]
    done = await connection.execute(
        _ADVANCE,
        leases[0].consumer_group,
        leases[0].cluster_id,
        [lease.topic for lease in leases],
        [lease.partition for lease in leases],
        [lease.epoch for lease in leases],
        [each.expected for each in advances],
        [each.following for each in advances],
    )
    if done != f"UPDATE {len(advances)}":
        raise Fenced


async def lock_all(connection: Connection) -> None:
    """Let the batches in flight commit, and the later ones wait until this transaction ends.

    Must be the first statement of the transaction, as `advance` must: then the two cannot deadlock.
    """
    await connection.execute(_LOCK_ALL)


async def reset(pool: Executor, lease: PartitionLease, offset: int) -> None:
    """Start over at `offset`, where there is no position yet or the log does not reach it; raises Fenced."""
    if await pool.execute(_RESET, *_lease_key(lease), offset) != "UPDATE 1":
        raise Fenced


async def positions(pool: Executor, *, consumer_group: str, cluster_id: str) -> dict[tuple[str, int], int]:
    """(topic, partition) -> stored position, of this cluster."""
    rows = await pool.fetch(_POSITIONS, consumer_group, cluster_id)
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}


def _lease_key(lease: PartitionLease) -> tuple[str, str, str, int, int]:
    return lease.consumer_group, lease.cluster_id, lease.topic, lease.partition, lease.epoch
