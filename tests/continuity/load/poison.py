"""Sends malformed records to our topics, each under a subject of its own."""

import asyncio
import json
import random
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.spine.kafka.clients import stop_client
from tests.continuity.journal import Journal

TOPICS: Final = ("relais.admission", "relais.pathway", "relais.notifications")
_TYPE: Final = "relais.admission.patient-admitted.v1"
SEND_WITHIN_SECONDS: Final = 10
TAKEN_WITHIN_SECONDS: Final = 30
"""A producer can wait for ever for the metadata of a broker that was wiped."""
PAUSE_SECONDS: Final = 1.0
READABLE: Final = 0.5


class Poison:
    """Sends malformed records and journals them."""

    def __init__(self, bootstrap: str, journal: Journal, *, seed: int) -> None:
        self._bootstrap = bootstrap
        self._journal = journal
        self._dice = random.Random(seed)
        self.event_ids: list[str] = []
        """Event ids of the records with valid headers."""

    async def inject(self, count: int, *, within_seconds: float) -> None:
        """Send `count` records at random times."""
        for pause in sorted_gaps(self._dice, count, within_seconds):
            await asyncio.sleep(pause)
            await self.put()

    async def put(self) -> None:
        """Send one record until the broker acknowledges it; it may be stored more than once."""
        topic = self._dice.choices(TOPICS, (4, 1, 1))[0]
        readable = self._dice.random() < READABLE
        key, subject, event_id = (str(uuid.uuid4()) for _ in range(3))
        headers = _headers(event_id, subject, topic) if readable else [("ce_id", b"\xff\xfe")]
        value = json.dumps({"movement_id": 7}).encode() if readable else self._dice.randbytes(40)
        if readable:
            self.event_ids.append(event_id)
        await self._journal.write(
            kind="poison",
            target=topic,
            event_id=event_id if readable else None,
            subject=subject if readable else None,
            key=key,
        )
        while True:
            with suppress(KafkaError, OSError):
                await self._send(topic, key, value, headers)
                return
            await asyncio.sleep(PAUSE_SECONDS)

    async def _send(self, topic: str, key: str, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        producer: Any = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, request_timeout_ms=1000 * SEND_WITHIN_SECONDS
        )
        try:
            async with asyncio.timeout(TAKEN_WITHIN_SECONDS):
                await producer.start()
                await producer.send_and_wait(topic, value, key=key.encode(), headers=headers)
        finally:
            await stop_client(producer.stop(), client="producer")


def sorted_gaps(dice: random.Random, count: int, within_seconds: float) -> list[float]:
    """The pauses between `count` random moments."""
    moments = sorted(dice.uniform(0, within_seconds) for _ in range(count))
    return [later - earlier for earlier, later in zip([0.0, *moments], moments, strict=False)]


def _headers(event_id: str, subject: str, topic: str) -> list[tuple[str, bytes]]:
    moment = datetime.now(UTC).isoformat()
    said = {
        "ce_specversion": "1.0",
        "ce_id": event_id,
        "ce_source": f"urn:relais:{topic.removeprefix('relais.')}",
        "ce_type": _TYPE,
        "ce_time": moment,
        "ce_subject": subject,
        "ce_sequence": "1",
        "ce_recordedtime": moment,
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in said.items()]
