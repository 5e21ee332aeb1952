"""Describes what became of a batch, and counts and logs it."""

from collections import Counter

import msgspec

from shared.spine.inbox.separate import RecordToPark
from shared.spine.records.received import ReceivedEvent
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch that is committed."""

    events: list[ReceivedEvent]
    """New events that a route took."""
    skipped: int
    """How many new events have no route in this service."""
    repeated: Counter[str]
    """Topic -> how many of its records brought an event that was applied or parked before."""
    newly_parked: list[RecordToPark]
    parked_total: int | None
    """How many events of the service are parked now; None when this batch parked nothing."""
    holes: int
    """How many sequence numbers were found to be missing: they can be pulled now."""

    @property
    def duplicates(self) -> int:
        return self.repeated.total()


def report_applied(applied: Applied) -> None:
    """Count a committed batch in the metrics and log each event that it parked, without its content."""
    for type_, count in Counter(event.type for event in applied.events).items():
        metrics.events_applied_total.labels(type_).inc(count)
    for topic, count in applied.repeated.items():
        metrics.inbox_duplicates_total.labels(topic).inc(count)
    if applied.parked_total is not None:
        metrics.parked_events.set(applied.parked_total)
    for record in applied.newly_parked:
        get_logger().error(
            "event_parked",
            event_id=record.incoming.envelope.event_id if record.incoming.envelope else None,
            topic=record.incoming.topic,
            partition=record.incoming.partition,
            offset=record.incoming.offset,
            reason=record.reason,
        )
