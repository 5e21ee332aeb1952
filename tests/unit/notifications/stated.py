"""A history, and what pathway itself says of the arrivals in it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.events.envelope import NewEvent, RecordedEvent
from shared.events.registry import PATHWAY
from shared.testing.person_history import id_of
from tests.unit.pathway.listener import Publisher


def with_watched_arrivals(history: Sequence[RecordedEvent], *, until: datetime) -> list[RecordedEvent]:
    """The history of one person and everything that pathway publishes of it until that moment."""
    pathway = Publisher()
    said: list[RecordedEvent] = []
    for event in history:
        published = pathway.take_in([event], now=event.recorded_at)
        said += _recorded(published, after=said, subject=event.subject, at=event.recorded_at)
    at = max(until, history[-1].recorded_at)
    said += _recorded(pathway.take_in([], now=at), after=said, subject=history[0].subject, at=at)
    return [*history, *said]


def _recorded(
    published: Sequence[NewEvent], *, after: Sequence[RecordedEvent], subject: UUID, at: datetime
) -> list[RecordedEvent]:
    return [
        RecordedEvent(
            event_id=id_of(subject, new.event_id),
            publisher=PATHWAY,
            subject=subject,
            sequence=len(after) + number,
            occurred_at=new.occurred_at,
            recorded_at=at,
            data=new.data,
        )
        for number, new in enumerate(published, start=1)
    ]
