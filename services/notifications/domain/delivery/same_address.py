"""Decides what to do with a message for an address that another member of the circle has, too.

Two carers may share a telephone, or one may be enrolled twice. One of them is told first, and the others wait
until it is known whether that address gets the message, so that it never gets the same twice.
"""

from collections.abc import Iterable
from datetime import timedelta

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.delivery.decision import Defer
from services.notifications.domain.obligations.catalogue import fact_of, is_retracted
from services.notifications.domain.obligations.obligation import End, Obligation
from services.notifications.domain.obligations.timing import Circumstances

_RECHECKS = 10


def already_there(
    obligation: Obligation,
    channel: ChannelName,
    twins: Iterable[Obligation],
    *,
    circumstances: Circumstances,
) -> End | Defer | None:
    """None when this message is to be sent; `twins` are obligations of the others who have the address."""
    same = [each for each in twins if _told(each) == _told(obligation)]
    if any(
        attempt.may_have_reached for each in same for attempt in each.attempts if attempt.channel == channel
    ):
        return End(outcome="suppressed", reason="same_address")
    reached = {
        each.recipient_id for each in same if any(attempt.may_have_reached for attempt in each.attempts)
    }
    first = {
        each.recipient_id
        for each in same
        if each.is_to_be_sent and each.recipient_id < obligation.recipient_id
    }
    if first - reached:  # not those who were told, as far as is known, at another address
        return Defer(
            until=circumstances.now + timedelta(seconds=circumstances.waits.recheck_seconds * _RECHECKS)
        )
    return None


def _told(obligation: Obligation) -> tuple[object, str]:
    """News and its correction are one message to an address; who hears which depends on what they heard."""
    kind = obligation.kind
    return obligation.event_id, kind if is_retracted(kind) else fact_of(kind)
