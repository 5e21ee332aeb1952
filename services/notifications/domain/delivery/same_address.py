"""Decides what to do with a message for an address that another member of the circle has, too.

Two carers may share a telephone, or one may be enrolled twice. One of them is told first, and the others wait
until it is known whether that address gets the message, so that it never gets the same twice.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.delivery.decision import Defer
from services.notifications.domain.obligations.catalogue import fact_of, is_retracted
from services.notifications.domain.obligations.obligation import End, Obligation
from services.notifications.domain.obligations.timing import Circumstances


def already_there(
    obligation: Obligation,
    channel: ChannelName,
    twins: Iterable[Obligation],
    *,
    circumstances: Circumstances,
) -> End | Defer | None:
    """None when this message is to be sent; `twins` are obligations of the others who have the address."""
    twins = list(twins)
    if any(_says_it(last, obligation, channel) for last in _told_last(twins, obligation)):
        return End(outcome="suppressed", reason="same_address")
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
        return Defer(until=circumstances.now + circumstances.waits.settling)
    return None


def _told_last(twins: Iterable[Obligation], obligation: Obligation) -> Iterable[Obligation]:
    """What each of the others was told last of the same fact, by whichever event."""
    last: dict[UUID, tuple[datetime, Obligation]] = {}
    for each in twins:
        if each.fact_key == obligation.fact_key and each.told_at is not None:
            known = last.get(each.recipient_id)
            if known is None or known[0] < each.told_at:
                last[each.recipient_id] = (each.told_at, each)
    return [each for _, each in last.values()]


def _says_it(told: Obligation, obligation: Obligation, channel: ChannelName) -> bool:
    """Whether it told the same at this address, and neither takes anything back."""
    if is_retracted(told.kind) or is_retracted(obligation.kind) or told.said != obligation.said:
        return False
    return any(attempt.may_have_reached and attempt.channel == channel for attempt in told.attempts)


def _told(obligation: Obligation) -> tuple[object, str]:
    """News and its correction are one message to an address; who hears which depends on what they heard."""
    kind = obligation.kind
    return obligation.event_id, kind if is_retracted(kind) else fact_of(kind)
