"""Nobody writes to the bus under another's name: no other account of the machine, and no other service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
)

from deploy.local.stack.bus import CONSUMED, IDENTITIES, SERVICES
from shared.events.registry import TOPICS
from shared.spine.kafka.broker import Bootstrap, Broker
from shared.spine.kafka.clients import connection, open_producer
from tests.e2e.running import RunningPlatform, broker_of

pytestmark = pytest.mark.services


async def _write(bootstrap: Bootstrap, topic: str) -> None:
    async with open_producer(bootstrap, client_id="test") as producer:
        await producer.send_and_wait(topic, b"{}")


@asynccontextmanager
async def _reading(broker: Broker, topic: str, *, group: str | None = None) -> AsyncIterator[Any]:
    reader = AIOKafkaConsumer(topic, **connection(broker), group_id=group)
    try:
        await reader.start()
        yield reader
    finally:
        await reader.stop()


@pytest.mark.parametrize("user", [None, "stranger", "admission"])
async def test_who_knows_no_password_writes_nothing(platform: RunningPlatform, user: str | None) -> None:
    real = broker_of(platform, "admission")
    broker: Bootstrap = replace(real, user=user, password="guessed") if user else real.addresses
    with pytest.raises(KafkaConnectionError):
        await _write(broker, TOPICS["admission"])


@pytest.mark.parametrize(
    ("service", "topic"),
    [(service, topic) for service in SERVICES for owner, topic in TOPICS.items() if owner != service],
)
async def test_a_service_writes_no_topic_of_another(
    platform: RunningPlatform, service: str, topic: str
) -> None:
    # Who publishes nothing does not even become a producer.
    with pytest.raises((TopicAuthorizationFailedError, ClusterAuthorizationFailedError)):
        await _write(broker_of(platform, service), topic)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_what_it_consumes_and_nothing_else(
    platform: RunningPlatform, service: str
) -> None:
    for publisher, topic in TOPICS.items():
        if publisher in {service, *CONSUMED.get(service, ())}:
            continue
        with pytest.raises(TopicAuthorizationFailedError):
            async with _reading(broker_of(platform, service), topic):
                pass


async def test_a_service_takes_no_partition_from_the_workers_of_another(platform: RunningPlatform) -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        async with _reading(broker_of(platform, "indicators"), TOPICS["admission"], group="relais-pathway"):
            pass


def test_passwords_are_in_files_of_their_owner_alone(platform: RunningPlatform) -> None:
    folder = Path(platform.environment["RELAIS_STATE_FOLDER"])
    for file in (folder / "credentials.json", folder / "data" / "kafka.properties"):
        assert file.stat().st_mode & 0o077 == 0
    logs = "".join(log.read_text(errors="replace") for log in (folder / "logs").iterdir())
    assert not any(broker_of(platform, identity).password in logs for identity in IDENTITIES)
