"""A member answers for partitions that the broker has taken away."""

from aiokafka import TopicPartition

from shared.spine.kafka.clients import group_client


async def test_of_a_partition_that_is_not_its_own_a_member_knows_no_end() -> None:
    client = group_client(bootstrap="127.0.0.1:1", consumer_group="tests")
    assert client.highwater(TopicPartition("relais.admission", 0)) is None
    await client.stop()
