"""How far has this service applied a partition, and who may move on? The checkpoint and its fence."""

from collections.abc import Sequence
from typing import Final

import msgspec

from shared.database.pool import Connection, Executor


class Fenced(Exception):  # noqa: N818
    """Another worker owns the partition, or already applied these records: discard the batch."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The right to apply a partition: it holds until someone else raises the epoch."""

    consumer_group: str
    cluster_id: str
    topic: str
    partition: int
    epoch: int


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    """A partition moves on: from the offset that the checkpoint must have to the one that comes next."""

    claim: Claim
    expected: int
    following: int


_RAISE: Final = """
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
_MOVE: Final = """
UPDATE checkpoint SET next_offset = $6
WHERE consumer_group = $1 AND cluster_id = $2 AND topic = $3 AND partition = $4 AND epoch = $5
"""
# The table, not its rows: a partition that is claimed for the first time must wait as well.
_HOLD_ALL: Final = "LOCK TABLE checkpoint IN SHARE ROW EXCLUSIVE MODE"
_POSITIONS: Final = """
SELECT topic, partition, next_offset FROM checkpoint
WHERE consumer_group = $1 AND cluster_id = $2 AND next_offset IS NOT NULL
"""


async def raise_epoch(
    pool: Executor, *, consumer_group: str, cluster_id: str, topic: str, partition: int
) -> tuple[Claim, int | None]:
    """Become the owner; whoever was it cannot commit any more. Answers with the stored position, if any."""
    row = await pool.fetchrow(_RAISE, consumer_group, cluster_id, topic, partition)
    claim = Claim(
        consumer_group=consumer_group,
        cluster_id=cluster_id,
        topic=topic,
        partition=partition,
        epoch=row["epoch"],
    )
    return claim, row["next_offset"]


async def advance(connection: Connection, advances: Sequence[Advance]) -> None:
    """Compare and set, all of one group and cluster or none; must be the transaction's first statement."""
    claims = [each.claim for each in advances]
    done = await connection.execute(
        _ADVANCE,
        claims[0].consumer_group,
        claims[0].cluster_id,
        [claim.topic for claim in claims],
        [claim.partition for claim in claims],
        [claim.epoch for claim in claims],
        [each.expected for each in advances],
        [each.following for each in advances],
    )
    if done != f"UPDATE {len(advances)}":
        raise Fenced


async def hold_all(connection: Connection) -> None:
    """Let the batches in flight commit and the later ones wait until this transaction ends.

    Like `advance` it must come first: who holds a position and who wants all of them cannot deadlock then.
    """
    await connection.execute(_HOLD_ALL)


async def move(pool: Executor, claim: Claim, offset: int) -> None:
    """Start over at `offset`: there was no position yet, or the log does not reach the one we had."""
    if await pool.execute(_MOVE, *_key(claim), offset) != "UPDATE 1":
        raise Fenced


async def positions(pool: Executor, *, consumer_group: str, cluster_id: str) -> dict[tuple[str, int], int]:
    """The stored position of every partition of this cluster."""
    rows = await pool.fetch(_POSITIONS, consumer_group, cluster_id)
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}


def _key(claim: Claim) -> tuple[str, str, str, int, int]:
    return claim.consumer_group, claim.cluster_id, claim.topic, claim.partition, claim.epoch
