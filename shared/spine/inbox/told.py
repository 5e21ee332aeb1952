"""What is said of events that were applied: in the figures, and in the log of what was parked?"""

from collections import Counter

from shared.spine.inbox.application import Applied
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger


def tell(applied: Applied) -> None:
    """Call it after the commit."""
    for type_, count in Counter(event.type for event in applied.events).items():
        metrics.events_applied_total.labels(type_).inc(count)
    for topic, count in applied.repeated.items():
        metrics.inbox_duplicates_total.labels(topic).inc(count)
    if applied.parked is not None:
        metrics.parked_events.set(applied.parked)
    for parcel in applied.parcels:
        get_logger().error(
            "event_parked",
            event_id=parcel.incoming.envelope.event_id if parcel.incoming.envelope else None,
            topic=parcel.incoming.topic,
            partition=parcel.incoming.partition,
            offset=parcel.incoming.offset,
            reason=parcel.reason,
        )
