"""Decides what to do with a message for an address that another member of the circle has, too.

Two carers may share a telephone, or one may be enrolled twice. Whoever joined first is told; the other waits
until it is known whether the address got that message, so that one address never gets the same twice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.delivery.decision import Defer
from services.notifications.domain.obligations.catalogue import fact_of, is_retracted
from services.notifications.domain.obligations.obligation import End, Obligation
from services.notifications.domain.obligations.timing import Waits

_RECHECKS = 10


def already_there(
    obligation: Obligation,
    channel: ChannelName,
    twins: Iterable[Obligation],
    *,
    now: datetime,
    waits: Waits,
) -> End | Defer | None:
    """None when this message is to be sent; `twins` are obligations of those who have the address longer."""
    same = [each for each in twins if _told(each) == _told(obligation)]
    if any(
        attempt.may_have_reached for each in same for attempt in each.attempts if attempt.channel == channel
    ):
        return End(outcome="suppressed", reason="same_address")
    if any(each.is_to_be_sent for each in same):
        return Defer(until=now + timedelta(seconds=waits.recheck_seconds * _RECHECKS))
    return None


def _told(obligation: Obligation) -> tuple[object, str]:
    """News and its correction are one message to an address; who hears which depends on what they heard."""
    kind = obligation.kind
    return obligation.event_id, kind if is_retracted(kind) else fact_of(kind)
