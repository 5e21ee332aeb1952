"""The raw limit of a consumer: fence, inbox and one row per event, in one statement per batch.

Run as a module with `BARE_DATABASE_URL`, `BARE_KAFKA_BOOTSTRAP` and `BARE_TOPIC`.
"""

import os
import uuid
from typing import Any

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.spine.kafka.topics import PARTITIONS

_BATCH = 500
_TABLES = """
CREATE TABLE IF NOT EXISTS checkpoint
    (topic text, partition int, epoch int, next_offset bigint, PRIMARY KEY (topic, partition));
CREATE TABLE IF NOT EXISTS inbox
    (event_id uuid PRIMARY KEY, subject uuid, sequence bigint, UNIQUE (subject, sequence));
CREATE TABLE IF NOT EXISTS projection (subject uuid PRIMARY KEY, sequence bigint, data bytea);
"""
_CLAIM = "INSERT INTO checkpoint VALUES ($1, $2, 1, 0) ON CONFLICT DO NOTHING"
_APPLY = """
WITH fence AS (
    UPDATE checkpoint SET next_offset = $3
    WHERE topic = $1 AND partition = $2 AND epoch = 1 AND next_offset = $4 RETURNING 1
), came AS (
    SELECT * FROM unnest($5::uuid[], $6::uuid[], $7::bigint[], $8::bytea[])
        AS c (event_id, subject, sequence, data)
    WHERE EXISTS (SELECT FROM fence)
), new AS (
    INSERT INTO inbox SELECT event_id, subject, sequence FROM came ON CONFLICT DO NOTHING RETURNING event_id
)
INSERT INTO projection
SELECT DISTINCT ON (subject) subject, sequence, data FROM came JOIN new USING (event_id)
ORDER BY subject, sequence DESC
ON CONFLICT (subject) DO UPDATE SET sequence = excluded.sequence, data = excluded.data
WHERE projection.sequence < excluded.sequence
"""


async def main() -> None:
    """Apply for ever."""
    topic = os.environ["BARE_TOPIC"]
    connection = await asyncpg.connect(os.environ["BARE_DATABASE_URL"], timeout=30)
    await connection.execute(_TABLES)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=os.environ["BARE_KAFKA_BOOTSTRAP"], enable_auto_commit=False
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, each) for each in range(PARTITIONS)]
        consumer.assign(partitions)
        for partition in partitions:
            await connection.execute(_CLAIM, topic, partition.partition)
            consumer.seek(partition, 0)
        while True:
            fetched = await consumer.getmany(timeout_ms=200, max_records=_BATCH)
            for partition, records in fetched.items():
                await _apply(connection, partition, records)
    finally:
        await consumer.stop()


async def _apply(connection: asyncpg.Connection, partition: TopicPartition, records: list[Any]) -> None:
    headers = [dict(record.headers) for record in records]
    await connection.execute(
        _APPLY,
        partition.topic,
        partition.partition,
        records[-1].offset + 1,
        records[0].offset,
        [uuid.UUID(one["ce_id"].decode()) for one in headers],
        [uuid.UUID(one["ce_subject"].decode()) for one in headers],
        [int(one["ce_sequence"]) for one in headers],
        [record.value for record in records],
    )


if __name__ == "__main__":
    uvloop.run(main())
