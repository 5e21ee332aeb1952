"""What several partitions brought is applied in one commit, and a backlog in several at once."""

import asyncio
from collections import Counter
from unittest.mock import AsyncMock, Mock
from uuid import uuid4

import pytest
from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

from shared.database.pool import Pool
from shared.spine.consumer import assignment
from shared.spine.consumer.assignment import Assignment, ClusterChanged, Position
from shared.spine.consumer.batch_consumer import BatchConsumer
from shared.spine.inbox import checkpoint
from shared.spine.inbox.applied import Applied
from shared.spine.inbox.applier import Applier
from shared.spine.inbox.checkpoint import PartitionLease
from shared.spine.kafka.clients import GroupClient
from shared.spine.records.cloud_events import encode
from shared.testing.records import incoming

TOPIC, GROUP = "relais.admission", "relais-test"


def position(partition: int, *, at: int = 0) -> Position:
    lease = PartitionLease(
        consumer_group=GROUP, cluster_id="cluster", topic=TOPIC, partition=partition, epoch=1
    )
    held = Position(lease, at)
    held.just_sought = False
    return held


def record(partition: int, offset: int) -> ConsumerRecord:
    envelope = incoming(uuid4(), 1).envelope
    assert envelope is not None
    headers = tuple(encode(envelope))
    return ConsumerRecord(TOPIC, partition, offset, 0, 0, b"", b"{}", None, 0, 0, headers)


def member(held: dict[int, Position]) -> Assignment:
    ours = Assignment(Mock(spec=Pool), Mock(spec=GroupClient), bootstrap="", consumer_group=GROUP)
    ours.positions = {TopicPartition(TOPIC, number): each for number, each in held.items()}
    return ours


async def turn(
    ours: Assignment,
    fetched: dict[int, list[ConsumerRecord]],
    *,
    held: dict[int, list[ConsumerRecord]] | None = None,
    batch_size: int = 500,
) -> AsyncMock:
    """One turn, `held` being what the client has of partitions that it is asked for; the applier it used."""
    applier = AsyncMock(spec=Applier)
    applier.apply.return_value = Applied(
        events=[], skipped=0, repeated=Counter(), newly_parked=[], parked_total=None, holes=0
    )
    consumer = BatchConsumer(
        Mock(spec=Pool), applier, bootstrap="", group=GROUP, publishers=["admission"], batch_size=batch_size
    )
    client = Mock(spec=GroupClient)

    def getmany(*named: TopicPartition, **_: int) -> dict[TopicPartition, list[ConsumerRecord]]:
        found = {TopicPartition(TOPIC, number): records for number, records in (held or {}).items()}
        if named:
            return {each: found[each] for each in named if each in found}
        return {TopicPartition(TOPIC, number): records for number, records in fetched.items()}

    client.getmany = AsyncMock(side_effect=getmany)
    client.highwater = Mock(return_value=0)
    await consumer.consume_once(client, ours)
    return applier


async def test_what_several_partitions_brought_is_applied_at_once() -> None:
    ours = member({0: position(0), 1: position(1, at=7), 2: position(2)})
    applier = await turn(ours, {0: [record(0, 0), record(0, 1)], 1: [record(1, 7)], 2: [record(2, 0)]})
    (applied,) = applier.apply.await_args_list
    assert [(batch.lease.partition, batch.expected, batch.following) for batch in applied.args] == [
        (0, 0, 2),
        (1, 7, 8),
        (2, 0, 1),
    ]
    assert [each.next_offset for each in ours.positions.values()] == [2, 8, 1]


async def test_a_full_batch_means_a_backlog_and_others_are_applied_beside_it() -> None:
    ours = member({0: position(0), 1: position(1, at=7), 2: position(2)})
    held = {1: [record(1, 7)], 2: [record(2, 5)]}
    applier = await turn(ours, {0: [record(0, 0), record(0, 1)]}, held=held, batch_size=2)
    applied = [[batch.lease.partition for batch in each.args] for each in applier.apply.await_args_list]
    assert sorted(applied) == [[0], [1]]  # a gap in partition 2: it is asked for once more
    assert [each.next_offset for each in ours.positions.values()] == [2, 8, 0]


async def test_where_nothing_waits_nobody_is_asked_twice() -> None:
    ours = member({0: position(0), 1: position(1)})
    applier = await turn(ours, {0: [record(0, 0)]}, held={1: [record(1, 0)]}, batch_size=2)
    assert len(applier.apply.await_args_list) == 1


async def test_a_partition_that_is_not_ours_any_more_is_left_out() -> None:
    ours = member({0: position(0)})
    applier = await turn(ours, {0: [record(0, 0)], 1: [record(1, 0)]})
    (applied,) = applier.apply.await_args_list
    assert [batch.lease.partition for batch in applied.args] == [0]


async def test_records_wait_for_a_rebalance_that_is_going_on() -> None:
    ours = member({0: position(0)})
    async with ours.lock:
        turning = asyncio.create_task(turn(ours, {0: [record(0, 0)]}))
        await asyncio.sleep(0)
        ours.positions.clear()
    assert not (await turning).apply.await_args_list


async def test_positions_of_two_clusters_are_never_held_together(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = member({})
    await ours.on_partitions_assigned([TopicPartition(TOPIC, 1)])
    ours.positions = {TopicPartition(TOPIC, 0): position(0)}
    monkeypatch.setattr(assignment, "cluster_id", AsyncMock(return_value="another"))
    monkeypatch.setattr(checkpoint, "take_lease", AsyncMock())
    with pytest.raises(ClusterChanged):
        await ours.take_leases()
