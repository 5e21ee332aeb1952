"""Defines the event that a use case receives, and the error by which it says that the event is wrong."""

from uuid import UUID

from shared.events.envelope import RecordedEvent
from shared.runtime.errors import RelaisError


class ReceivedEvent(RecordedEvent, frozen=True, kw_only=True):
    """A recorded event as this service received it.

    `trace` is the context of this consumer's own span, so that effects stored with it continue the trace.
    """

    type: str
    topic: str
    partition: int
    offset: int


class EventRejected(RelaisError):  # noqa: N818
    """The event is wrong, anyone who applies it and however often; raised by a use case.

    The consumer rolls the batch back, parks the event and applies the rest. `reason` is a constant
    phrase without personal data. Anything else that a use case raises means that we are wrong.
    """

    def __init__(self, event_id: UUID, reason: str) -> None:
        super().__init__(f"event {event_id}: {reason}")
        self.event_id = event_id
        self.reason = reason
