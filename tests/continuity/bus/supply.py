"""Fills the topic at a steady rate with numbered records, sent as the relay sends them."""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from aiokafka.errors import KafkaError

from shared.events.admission import AccessRevoked
from shared.spine.kafka.clients import open_producer
from shared.spine.kafka.topics import ensure_topics
from shared.spine.outbox.sending import send

SUBJECTS: Final = 48
BATCH: Final = 500
TICK_SECONDS: Final = 0.05


class Supply:
    """Creates record after record and sends each until it is acknowledged; run it with `run`."""

    def __init__(self, bootstrap: str, *, rate: int, seed: int) -> None:
        self._bootstrap = bootstrap
        self.rate = rate
        self._dice = random.Random(seed)
        self._sequences: Counter[UUID] = Counter()
        self._waiting: deque[Mapping[str, Any]] = deque()
        self.creating = asyncio.Event()
        """While cleared, nothing new is created; what waits is still sent."""
        self.creating.set()
        self.created = 0
        self.acknowledged_at: list[float] = []
        """By record number, in seconds since the epoch."""
        self.errors: Counter[str] = Counter()

    async def run(self) -> None:
        """Create and send for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._create())
            tasks.create_task(self._keep_sending())

    async def until_acknowledged(self, count: int) -> None:
        """Return once records 0 to `count` - 1 are acknowledged."""
        while len(self.acknowledged_at) < count:
            await asyncio.sleep(TICK_SECONDS)

    async def _create(self) -> None:
        due = 0.0
        while True:
            await self.creating.wait()
            due += self.rate * TICK_SECONDS
            while due >= 1:
                self._waiting.append(self._new_row())
                due -= 1
            await asyncio.sleep(TICK_SECONDS)

    def _new_row(self) -> Mapping[str, Any]:
        subject = UUID(int=1 + self._dice.randrange(SUBJECTS))
        self._sequences[subject] += 1
        number, now = self.created, datetime.now(UTC)
        self.created += 1
        return {
            "event_id": UUID(int=1 + number),
            "subject": subject,
            "sequence": self._sequences[subject],
            "type": "relais.admission.access-revoked.v1",
            "occurred_at": now,
            "recorded_at": now,
            "trace": None,
            "data": msgspec.json.encode(AccessRevoked(key_id=UUID(int=number))),
        }

    async def _keep_sending(self) -> None:
        while True:
            try:
                await ensure_topics(self._bootstrap, ["admission"])
                async with open_producer(self._bootstrap, client_id="bus-supply") as producer:
                    await self._send(producer)
            except (KafkaError, OSError) as error:
                self.errors[type(error).__name__] += 1
                await asyncio.sleep(0.2)

    async def _send(self, producer: Any) -> None:
        while True:
            rows = [self._waiting[place] for place in range(min(BATCH, len(self._waiting)))]
            if not rows:
                await asyncio.sleep(TICK_SECONDS / 2)
                continue
            await send(producer, "admission", rows)
            for _ in rows:
                self._waiting.popleft()
            self.acknowledged_at += [time.time()] * len(rows)
