"""Groups statements into facts and orders the versions of each."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from shared.events.admission import Movement, MovementCancelled
from shared.events.envelope import Payload, RecordedEvent
from shared.events.pathway import (
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    RuptureClosed,
    RuptureOpened,
)

_WAITS: Final = (ExpectationOpened, ExpectationMet, ExpectationWithdrawn, RuptureOpened, RuptureClosed)

_AT_ALL_TIMES: Final = datetime(1970, 1, 1, tzinfo=UTC)

FactHistory = list[RecordedEvent]
"""The versions of one fact, each once; a cancel is final."""


def facts(events: Iterable[RecordedEvent]) -> list[FactHistory]:
    """Movements by when the source emitted each version, and expectations as pathway numbered them."""
    grouped: dict[UUID, dict[UUID, RecordedEvent]] = defaultdict(dict)
    for event in events:
        fact = _about(event.data)
        if fact is not None:
            grouped[fact][event.event_id] = event
    return [sorted(versions.values(), key=_place) for versions in grouped.values()]


def establishment_of(payload: Payload) -> str | None:
    """The establishment whose fact it is, under which its obligations are counted."""
    if isinstance(payload, Movement):
        return payload.establishment
    return payload.from_establishment if isinstance(payload, _WAITS) else None


def _about(payload: Payload) -> UUID | None:
    if isinstance(payload, Movement):
        return payload.movement_id
    return payload.expectation_id if isinstance(payload, _WAITS) else None


def _place(event: RecordedEvent) -> tuple[bool, datetime, int]:
    if isinstance(event.data, Movement):
        return (isinstance(event.data, MovementCancelled), event.data.emitted_at, event.sequence)
    return (False, _AT_ALL_TIMES, event.sequence)
