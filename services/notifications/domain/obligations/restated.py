"""Finds news that comes late only because it was stated of another person first."""

from datetime import datetime

from services.notifications.domain.obligations.catalogue import STALE_AFTER, Recipient
from services.notifications.domain.obligations.statements import Facts, FactVersion
from shared.events.admission import Movement, MovementCancelled
from shared.events.envelope import RecordedEvent


def was_stated_in_time(event: RecordedEvent) -> bool:
    """Whether it states an entry again that its source had stated within a day."""
    stated_at = _stated_at(event)
    return stated_at is not None and stated_at - event.occurred_at <= STALE_AFTER


def is_still_to_be_told(version: FactVersion, recipient: Recipient, facts: Facts) -> bool:
    """Whether the recipient should have been told of this entry at the time, and it still holds.

    Of a stay that is over, who was never told of it hears nothing.
    """
    event, stated_at = version.event, _stated_at(version.event)
    if stated_at is None or not was_stated_in_time(event):
        return False
    if not recipient.may_know(occurred_at=event.occurred_at, recorded_at=stated_at):
        return False
    newest = [fact[-1] for key, fact in facts.items() if key != version.fact_key]
    return not any(
        isinstance(each.event.data, Movement)
        and each.news is not None
        and not each.ends
        and each.event.occurred_at > event.occurred_at
        for each in newest
    )


def _stated_at(event: RecordedEvent) -> datetime | None:
    """When its source stated an entry, if this states it again of another person."""
    movement = event.data
    if not isinstance(movement, Movement) or isinstance(movement, MovementCancelled):
        return None
    if movement.restates is None or movement.kind != "admission":
        return None
    return movement.ordered_at or movement.emitted_at
