"""Decides what to do now with an obligation that is due: tell, defer or end.

Rights come first, then what the recipient was told so far. Within one fact only what differs from the last
thing told is sent, as a correction. Among facts of one aspect (where the person is), news is sent in the
order it happened; once it was delayed, newer news takes its place. So nobody hears old news after new, and
nobody hears the same twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import msgspec

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.delivery.recipient import RecipientNow
from services.notifications.domain.delivery.whereabouts import was_told_rightly
from services.notifications.domain.obligations import timing
from services.notifications.domain.obligations.catalogue import entry_of, fact_of, is_corrected, is_retracted
from services.notifications.domain.obligations.obligation import End, Obligation
from services.notifications.domain.obligations.timing import Circumstances, Waits, comes_later, delayed_until
from services.notifications.domain.obligations.verdict import Send, Supersede, Suppress, Verdict


class Tell(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Make an attempt."""

    attempt_id: UUID
    number: int
    step: int
    channel: ChannelName
    contact_id: UUID
    corrects_sent_at: datetime | None
    """When the recipient was told what this corrects."""
    says_change: bool = False
    """To this recipient it corrects another event's news."""
    present: bool | None = None
    """Whether the person is in an establishment now, where that was looked at."""


class Defer(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Look again at this time."""

    until: datetime
    delayed_by_quiet_hours: bool = False
    """Not by another message or attempt."""


class WaitForOther(msgspec.Struct, frozen=True, tag=True):
    """Another message to the same recipient is being sent, or is about to be: this one comes after it."""


Decision = Tell | Defer | End


def decide(
    obligation: Obligation, peers: Sequence[Obligation], recipient: RecipientNow, circumstances: Circumstances
) -> Decision:
    """Decide from everything known; `peers` are the recipient's obligations that `lock_due` reads.

    Those are: all that are open, all of the same facts, all that ended in the last three days, and of carers
    all about where the person is that ended in the last 92 days.

    While the outcome of an attempt is open, it is waited for, whatever else is known. Before anything is
    sent, rights come first, then what was told, then the hour.
    """
    now = circumstances.now
    last_told = last_told_obligation(obligation, peers)
    usable = usable_channels(obligation, recipient, last_told)
    barred = _barred(obligation, recipient, now)
    upcoming = next_try_of(obligation, usable, circumstances.waits, to_the_end=barred is None)
    if obligation.in_flight:
        return Defer(until=now + timedelta(seconds=circumstances.waits.recheck_seconds))
    if upcoming is not None and now < upcoming.at:
        return Defer(until=upcoming.at)
    refusal = (
        barred
        or _too_late(obligation, recipient, now)
        or _too_old(obligation, peers)
        or _unwanted(obligation, peers, circumstances)
    ) or _too_early(obligation, recipient, circumstances)
    if refusal is not None:
        return refusal
    again = upcoming is not None and upcoming.action == "again"
    channel = timing.next_channel(obligation.attempts, usable, again=again)
    if channel is None:
        return _not_reached(obligation, recipient, now)
    channel_name, step = channel
    number = len(obligation.attempts) + 1
    return Tell(
        attempt_id=uuid5(obligation.obligation_id, str(number)),
        number=number,
        step=step,
        channel=channel_name,
        contact_id=recipient.contacts[channel_name],
        corrects_sent_at=None if last_told is None else last_told.told_at,
    )


def usable_channels(
    obligation: Obligation, recipient: RecipientNow, last_told: Obligation | None
) -> tuple[ChannelName, ...]:
    """In the recipient's order; for a correction, the channels that carried the error come first."""
    worded = entry_of(obligation.kind).channels.get(obligation.recipient_role, ())
    usable = [channel for channel in recipient.contacts if channel in worded]
    tried = last_told.attempts if last_told else ()
    reached = {attempt.channel for attempt in tried if attempt.may_have_reached}
    return tuple(sorted(usable, key=lambda channel: channel not in reached))


def next_try_of(
    obligation: Obligation, usable: Sequence[ChannelName], waits: Waits, *, to_the_end: bool
) -> timing.NextTry | None:
    """What follows the last attempt; `None` before the first one, and while one is in flight.

    `to_the_end`: the last channel there is may be tried until the deadline.
    """
    if not obligation.attempts:
        return None
    urgency_waits = timing.UrgencyWaits(waits=waits, urgency=entry_of(obligation.kind).urgency)
    last = obligation.attempts[-1]
    step_ends_at = None
    if to_the_end and timing.next_channel(obligation.attempts, usable, again=False) is None:
        began = next(attempt.claimed_at for attempt in obligation.attempts if attempt.step == last.step)
        step_ends_at = max(began + urgency_waits.step, obligation.deadline)
    return timing.next_try(obligation.attempts, urgency_waits, step_ends_at=step_ends_at)


def _barred(obligation: Obligation, recipient: RecipientNow, now: datetime) -> End | None:
    if recipient.revoked:
        return End(outcome="suppressed", reason="no_entitlement")
    if (reason := obligation.barred_at(now)) is not None:
        return End(outcome="suppressed", reason=reason)
    if obligation.superseded_by is not None:
        return End(outcome="superseded", reason="newer_version", superseded_by=obligation.superseded_by)
    if recipient.discretion == 0 and obligation.is_news:
        return End(outcome="suppressed", reason="preference_off")
    return None


def _unwanted(
    obligation: Obligation, peers: Sequence[Obligation], circumstances: Circumstances
) -> End | Defer | None:
    waits = circumstances.waits
    max_wait = timedelta(seconds=waits.lease_seconds)
    match verdict_by_history(obligation, peers, now=circumstances.now, max_wait=max_wait):
        case Suppress(reason):
            return End(outcome="suppressed", reason=reason)
        case Supersede(by, reason):
            return End(outcome="superseded", reason=reason, superseded_by=by)
        case WaitForOther():
            return Defer(until=circumstances.now + timedelta(seconds=waits.recheck_seconds))
        case _:
            return None


def _not_reached(obligation: Obligation, recipient: RecipientNow, now: datetime) -> End | Defer:
    """Waits, as long as it is news, for an owner who was asked and may still accept."""
    until = None if obligation.attempts else recipient.may_accept(now)
    reason = "unreachable" if obligation.attempts else recipient.reason_without_contact
    return Defer(until=min(obligation.expires_at, until)) if until else End(outcome="expired", reason=reason)


def _too_late(obligation: Obligation, recipient: RecipientNow, now: datetime) -> End | None:
    if now < obligation.expires_at:
        return None
    asked = recipient.unproven and not recipient.contacts and not obligation.attempts
    return End(outcome="expired", reason="unproven" if asked else "too_late")


def _too_old(obligation: Obligation, peers: Sequence[Obligation]) -> End | None:
    """The end of news that came late, unless the recipient was told something that it makes untrue."""
    if not obligation.is_late or any(obligation.was_in_time_as(peer) for peer in peers):
        return None
    older = [peer for peer in peers if peer.aspect == obligation.aspect and peer.order < obligation.order]
    others = [peer for peer in older if peer.fact_key != obligation.fact_key]
    if not any(each.may_have_reached for peer in others for each in peer.attempts):
        return End(outcome="suppressed", reason="stale_at_creation")
    return None


def _too_early(obligation: Obligation, recipient: RecipientNow, circumstances: Circumstances) -> Defer | None:
    later = comes_later(obligation, circumstances)
    if later is not None:
        return Defer(until=later)
    morning = delayed_until(
        circumstances.now,
        zone=circumstances.zone_of(recipient.zone, obligation.zone),
        urgency=entry_of(obligation.kind).urgency,
        role=obligation.recipient_role,
        night=recipient.night,
        expires_at=obligation.expires_at,
    )
    return None if morning is None else Defer(until=morning, delayed_by_quiet_hours=True)


def verdict_by_history(
    obligation: Obligation, peers: Sequence[Obligation], *, now: datetime, max_wait: timedelta
) -> Verdict | WaitForOther:
    """Judge by what the recipient was told so far; `peers` are those of `decide`.

    `max_wait` bounds the wait for earlier news to be sent.
    """
    others = [peer for peer in peers if peer.obligation_id != obligation.obligation_id]
    if any(peer.in_flight for peer in others):
        return WaitForOther()
    last_told = last_told_obligation(obligation, others)
    if is_retracted(obligation.kind):
        return _verdict_on_retraction(obligation, last_told)
    if is_corrected(obligation.kind):
        return _verdict_on_correction(obligation, last_told)
    return _verdict_on_news_of_fact(obligation, others) or _verdict_on_news_of_aspect(
        obligation, others, now=now, max_wait=max_wait
    )


def last_told_obligation(obligation: Obligation, others: Sequence[Obligation]) -> Obligation | None:
    """The obligation of another event by which the recipient was, or may have been, last told the fact."""
    of_fact = [peer for peer in others if peer.fact_key == obligation.fact_key]
    return _latest([peer for peer in of_fact if peer.event_id != obligation.event_id])


def _verdict_on_retraction(obligation: Obligation, last_told: Obligation | None) -> Verdict:
    if last_told is None:
        return Suppress("nothing_to_correct")
    if is_retracted(last_told.kind):
        return Suppress("duplicate_fact")
    return Send() if last_told.shown_kind == fact_of(obligation.kind) else Suppress("nothing_to_correct")


def _verdict_on_correction(obligation: Obligation, last_told: Obligation | None) -> Verdict:
    if last_told is None or is_retracted(last_told.kind):
        return Suppress("nothing_to_correct")
    return Suppress("duplicate_fact") if last_told.said == obligation.said else Send()


def _verdict_on_news_of_fact(obligation: Obligation, others: Sequence[Obligation]) -> Verdict | None:
    """None when what was told of the same fact is no reason not to send."""
    of_fact = [peer for peer in others if peer.fact_key == obligation.fact_key]
    last_told = _latest(of_fact)
    if last_told is not None and was_told_rightly(last_told, others):
        if last_told.said == obligation.said:
            return Suppress("duplicate_fact")
        if any(
            peer.event_id == obligation.event_id and is_corrected(peer.kind) and peer.is_to_be_sent
            for peer in of_fact
        ):
            return Supersede(obligation.event_id, "told_as_correction")
    said_by_another = any(
        peer.is_news
        and peer.is_to_be_sent
        and peer.said == obligation.said
        and _order_with_ties(peer) < _order_with_ties(obligation)
        for peer in of_fact
    )
    return Suppress("duplicate_fact") if said_by_another else None


def _verdict_on_news_of_aspect(
    obligation: Obligation, others: Sequence[Obligation], *, now: datetime, max_wait: timedelta
) -> Verdict | WaitForOther:
    elsewhere = [
        peer
        for peer in others
        if peer.is_news and peer.aspect == obligation.aspect and peer.fact_key != obligation.fact_key
    ]
    for newer in (
        peer for peer in elsewhere if peer.order > obligation.order and not _taken_back(peer, others)
    ):
        if newer.told_at is not None:
            return Supersede(newer.event_id, "newer_told")
        if newer.is_to_be_sent and obligation.delayed and newer.fact_occurred_at <= now:
            return Supersede(newer.event_id, "newer_known")
    about_to_leave = any(
        older.order < obligation.order
        and older.is_to_be_sent
        and not older.delayed
        and older.not_before <= now < older.not_before + max_wait
        for older in elsewhere
    )
    return WaitForOther() if about_to_leave else Send()


def _taken_back(news: Obligation, others: Sequence[Obligation]) -> bool:
    return any(
        peer.fact_key == news.fact_key
        and is_retracted(peer.kind)
        and (peer.is_to_be_sent or peer.told_at is not None)
        for peer in others
    )


def _order_with_ties(news: Obligation) -> tuple[datetime, int, str]:
    return (*news.order, str(news.obligation_id))


def _latest(peers: Sequence[Obligation]) -> Obligation | None:
    dated = [(peer.told_at, peer) for peer in peers if peer.told_at is not None]
    return max(dated, key=lambda pair: pair[0])[1] if dated else None
