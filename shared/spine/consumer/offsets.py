"""What do Kafka's own lag tools see? Our positions, reported from time to time; nothing reads them back."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.spine.kafka.group_client import GroupClient

REPORT_EVERY_SECONDS: Final = 1.0


class OffsetReport:
    """Commits offsets in the background, one request at a time; failing is ordinary (CommitFailedError)."""

    def __init__(self, consumer: GroupClient, *, now: Callable[[], float]) -> None:
        self._consumer = consumer
        self._now = now
        self._sent_at = now()
        self._sent: dict[TopicPartition, int] = {}
        self._task: asyncio.Task[None] | None = None

    def send(self, positions: Mapping[TopicPartition, int]) -> None:
        """Report the positions, unless that was done just now or nothing moved; never waits."""
        busy = self._task is not None and not self._task.done()
        too_soon = self._now() - self._sent_at < REPORT_EVERY_SECONDS
        if busy or too_soon or not positions or positions == self._sent:
            return
        self._sent, self._sent_at = dict(positions), self._now()
        self._task = asyncio.get_running_loop().create_task(self._commit(dict(positions)))

    async def _commit(self, positions: Mapping[TopicPartition, int]) -> None:
        with suppress(KafkaError, OSError):
            await self._consumer.commit(positions)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
