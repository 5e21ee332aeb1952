"""A new holder of a lease begins where the previous one got to, even while that goes on."""

from collections.abc import Sequence
from unittest.mock import AsyncMock, Mock

import pytest
from aiokafka import TopicPartition

from shared.database.pool import Pool
from shared.database.transaction import transaction
from shared.spine.consumer import assignment
from shared.spine.consumer.assignment import Assignment
from shared.spine.inbox import checkpoint
from shared.spine.inbox.checkpoint import Advance, Fenced
from shared.spine.kafka.clients import GroupClient

pytestmark = pytest.mark.services

GROUP, CLUSTER, PARTITION = "relais-test", "cluster", TopicPartition("relais.admission", 0)


async def test_a_previous_owner_that_goes_on_meanwhile_is_fenced_and_nobody_starts_over(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    previous, _ = await checkpoint.take_lease(
        pool, consumer_group=GROUP, cluster_id=CLUSTER, topic=PARTITION.topic, partition=0
    )
    await checkpoint.reset(pool, previous, 10)
    fenced = []

    async def end_while_the_previous_owner_applies_more(
        partitions: Sequence[TopicPartition],
    ) -> dict[TopicPartition, int]:
        try:
            async with transaction(pool) as connection:
                await checkpoint.advance(connection, [Advance(lease=previous, expected=10, following=15)])
        except Fenced as error:
            fenced.append(error)
        return dict.fromkeys(partitions, 10)  # as it was when we asked

    client = Mock(spec=GroupClient)
    client.beginning_offsets = AsyncMock(return_value={PARTITION: 0})
    client.end_offsets = end_while_the_previous_owner_applies_more
    monkeypatch.setattr(assignment, "cluster_id", AsyncMock(return_value=CLUSTER))
    ours = Assignment(pool, client, bootstrap="", consumer_group=GROUP)
    await ours.on_partitions_assigned([PARTITION])
    await ours.take_leases()
    assert ours.positions[PARTITION].next_offset == 10
    assert fenced
