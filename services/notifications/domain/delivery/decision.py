"""Decides what to do now with an obligation that is due: tell, defer or settle."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import msgspec

from services.notifications.domain.circle.members import Discretion, Medium
from services.notifications.domain.delivery import freshness
from services.notifications.domain.obligations import timing
from services.notifications.domain.obligations.catalogue import CLOCK_SKEW, entry_of
from services.notifications.domain.obligations.derivation import Supersede, Suppress
from services.notifications.domain.obligations.obligation import Obligation, Settle
from services.notifications.domain.obligations.timing import Circumstances, Waits, held_until


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """The recipient at this moment, as far as sending depends on it."""

    revoked: bool
    discretion: Discretion
    night: bool
    contacts: Mapping[Medium, UUID]
    """Contact points that may be used, in the order the reader prefers."""


class Tell(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Make an attempt."""

    attempt_id: UUID
    number: int
    step: int
    channel: Medium
    contact_id: UUID
    correction_of: datetime | None
    """When the reader was told what this corrects."""


class Defer(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Look again at this time."""

    until: datetime
    held: bool = False
    """By quiet hours."""


Decision = Tell | Defer | Settle


def decide(
    obligation: Obligation, peers: Sequence[Obligation], reader: Reader, circumstances: Circumstances
) -> Decision:
    """What follows from everything known; `peers` are all obligations of the same recipient.

    While something may still be heard of an attempt, it is waited for, whatever else is known. Before
    anything is sent, rights come first, then freshness, then the hour.
    """
    now = circumstances.now
    told = freshness.last_told(obligation, peers)
    usable = usable_channels(obligation, reader, told)
    barred = _barred(obligation, reader)
    move = next_move(obligation, usable, circumstances.waits, to_the_end=barred is None)
    if obligation.in_flight:
        return Defer(until=now + timedelta(seconds=circumstances.waits.recheck_seconds))
    if move is not None and now < move.at:
        return Defer(until=move.at)
    refusal = (
        barred or _too_late(obligation, now) or _unwanted(obligation, peers, circumstances)
    ) or _too_early(obligation, reader, circumstances)
    if refusal is not None:
        return refusal
    again = move is not None and move.move == "again"
    channel = timing.next_channel(obligation.attempts, usable, again=again)
    if channel is None:
        return Settle(outcome="expired", reason="unreachable" if obligation.attempts else "no_contact")
    medium, step = channel
    number = len(obligation.attempts) + 1
    return Tell(
        attempt_id=uuid5(obligation.obligation_id, str(number)),
        number=number,
        step=step,
        channel=medium,
        contact_id=reader.contacts[medium],
        correction_of=None if told is None else told.told_at,
    )


def usable_channels(obligation: Obligation, reader: Reader, told: Obligation | None) -> tuple[Medium, ...]:
    """In the reader's order, those that the catalogue has words for; a correction follows the error first."""
    worded = entry_of(obligation.kind).channels.get(obligation.recipient_role, ())
    usable = [channel for channel in reader.contacts if channel in worded]
    reached = {attempt.channel for attempt in told.attempts if attempt.may_have_reached} if told else set()
    return tuple(sorted(usable, key=lambda channel: channel not in reached))


def next_move(
    obligation: Obligation, usable: Sequence[Medium], waits: Waits, *, to_the_end: bool
) -> timing.Next | None:
    """What follows the last attempt; none before the first one, and while one is in flight.

    `to_the_end`: on the last channel there is, patience lasts until the deadline.
    """
    if not obligation.attempts:
        return None
    patience = timing.Patience(waits=waits, urgency=entry_of(obligation.kind).urgency)
    last = obligation.attempts[-1]
    step_ends_at = None
    if to_the_end and timing.next_channel(obligation.attempts, usable, again=False) is None:
        began = next(attempt.claimed_at for attempt in obligation.attempts if attempt.step == last.step)
        step_ends_at = max(began + patience.step, obligation.deadline)
    return timing.after(obligation.attempts, patience, step_ends_at=step_ends_at)


def _barred(obligation: Obligation, reader: Reader) -> Settle | None:
    if reader.revoked:
        return Settle(outcome="suppressed", reason="no_entitlement")
    if obligation.barred_by is not None:
        return Settle(outcome="suppressed", reason=obligation.barred_by)
    if obligation.superseded_by is not None:
        return Settle(outcome="superseded", reason="newer_version", superseded_by=obligation.superseded_by)
    if reader.discretion == 0 and obligation.is_news:
        return Settle(outcome="suppressed", reason="preference_off")
    return None


def _unwanted(
    obligation: Obligation, peers: Sequence[Obligation], circumstances: Circumstances
) -> Settle | Defer | None:
    waits = circumstances.waits
    patience = timedelta(seconds=waits.lease_seconds)
    match freshness.verdict_by_history(obligation, peers, now=circumstances.now, patience=patience):
        case Suppress(reason):
            return Settle(outcome="suppressed", reason=reason)
        case Supersede(by, reason):
            return Settle(outcome="superseded", reason=reason, superseded_by=by)
        case freshness.Wait():
            return Defer(until=circumstances.now + timedelta(seconds=waits.recheck_seconds))
        case _:
            return None


def _too_late(obligation: Obligation, now: datetime) -> Settle | None:
    return Settle(outcome="expired", reason="too_late") if now >= obligation.expires_at else None


def _too_early(obligation: Obligation, reader: Reader, circumstances: Circumstances) -> Defer | None:
    if obligation.is_news and obligation.fact_occurred_at > circumstances.now + CLOCK_SKEW:
        return Defer(until=obligation.fact_occurred_at)
    morning = held_until(
        circumstances.now,
        zone=circumstances.zone,
        urgency=entry_of(obligation.kind).urgency,
        role=obligation.recipient_role,
        night=reader.night,
        expires_at=obligation.expires_at,
    )
    return None if morning is None else Defer(until=morning, held=True)
