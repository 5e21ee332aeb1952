"""The embedded PostgreSQL and Kafka run, and come back with their data."""

import socket
import struct
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.ports import HOST
from deploy.local.servers.databases import superuser_url
from deploy.local.servers.running import RunningServer
from tests.databases import SUPERUSER_PASSWORD, TestDatabases

pytestmark = pytest.mark.services


PROTOCOL = 3 << 16
STARTUP = b"user\0postgres\0database\0postgres\0\0"
EXISTS = "SELECT exists(SELECT FROM pg_database WHERE datname = '{}')"


def _as_superuser(server: RunningServer) -> str:
    return superuser_url(password=SUPERUSER_PASSWORD, port=server.server.port)


async def _fetched(address: str, statement: str) -> list[Any]:
    connection = await asyncpg.connect(address)
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


async def test_postgres_keeps_every_promise_of_durability_and_its_rows_when_killed(
    fresh_postgres: RunningServer,
) -> None:
    address = _as_superuser(fresh_postgres)
    settings = dict(await _fetched(address, "SELECT name, setting FROM pg_settings"))
    wanted = {"fsync": "on", "synchronous_commit": "on", "data_checksums": "on", "full_page_writes": "on"}
    assert {name: settings[name] for name in wanted} == wanted
    assert settings["password_encryption"] == "scram-sha-256"
    assert settings["listen_addresses"] == "127.0.0.1"
    await _fetched(address, "CREATE TABLE kept AS SELECT 'value' AS row")
    fresh_postgres.kill()
    fresh_postgres.start()
    assert await _fetched(address, "SELECT row FROM kept") == [("value",)]


async def test_each_test_has_a_database_of_its_own(create_database: Callable[..., str]) -> None:
    first, second = create_database(), create_database()
    assert first != second
    connection = await asyncpg.connect(first)
    await connection.execute("CREATE TABLE here (n int)")
    await connection.close()
    connection = await asyncpg.connect(second)
    assert await connection.fetchval("SELECT to_regclass('here')") is None
    await connection.close()


async def test_nobody_waits_for_a_drop_that_waits_for_a_login(postgres: RunningServer) -> None:
    databases, names = TestDatabases(postgres.server.port), list[str]()
    address = databases.create(None, names)
    with socket.create_connection((HOST, postgres.server.port)) as half_logged_in:
        half_logged_in.sendall(struct.pack("!ii", 8 + len(STARTUP), PROTOCOL) + STARTUP)
        assert half_logged_in.recv(1) == b"R"
        databases.give_back(names)
        assert await _fetched(_as_superuser(postgres), EXISTS.format(names[0])) == [(True,)]
    databases.close()
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(address)


async def test_a_killed_broker_comes_back_with_its_records(fresh_kafka: RunningServer) -> None:
    bootstrap = f"127.0.0.1:{fresh_kafka.server.port}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("kept", 6, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    await producer.send_and_wait("kept", b"value", partition=3)
    await producer.stop()
    fresh_kafka.kill()
    fresh_kafka.start()
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition("kept", 3)])
    record = await consumer.getone()
    await consumer.stop()
    assert record.value == b"value"
