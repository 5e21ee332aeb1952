"""Fills a topic with the backlog of a stopped consumer: three movements per person, sent as by the relay."""

import asyncio
import uuid
from collections.abc import Iterator
from typing import Final

import msgspec

from benchmarks.setup.example_events import events_of
from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION, TOPICS, TYPES
from shared.spine.kafka.clients import open_producer
from shared.spine.kafka.topics import ensure_topics
from shared.spine.records import cloud_events
from shared.spine.records.incoming import Envelope

EACH: Final = 3
_AT_ONCE: Final = 1000


async def send(bootstrap: str, events: int) -> None:
    """Fill admission's topic; hundreds of other events lie between two of one person."""
    await ensure_topics(bootstrap, [ADMISSION])
    async with open_producer(bootstrap, client_id="backlog") as producer:
        for group in _groups(events // EACH):
            sent = [await _send(producer, event) for event in group]
            await asyncio.gather(*sent)


def _groups(persons: int) -> Iterator[list[RecordedEvent]]:
    for begin in range(0, persons, _AT_ONCE):
        some = range(begin, min(begin + _AT_ONCE, persons))
        histories = [events_of(uuid.UUID(int=number + 1), EACH, mark=f"{number:08x}") for number in some]
        yield [history[turn] for turn in range(EACH) for history in histories]


async def _send(producer: object, event: RecordedEvent) -> "asyncio.Future[object]":
    envelope = Envelope(
        event_id=event.event_id,
        publisher=event.publisher,
        subject=event.subject,
        sequence=event.sequence,
        type=TYPES[type(event.data)],
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
    )
    future: asyncio.Future[object] = await producer.send(  # type: ignore[attr-defined]
        TOPICS[ADMISSION],
        msgspec.json.encode(event.data),
        key=str(event.subject).encode(),
        headers=cloud_events.encode(envelope),
    )
    return future
