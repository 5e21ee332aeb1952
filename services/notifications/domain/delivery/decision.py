"""What is done now about an obligation whose time has come? Told, left for later, or settled."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from services.notifications.domain.circle.members import Discretion, Medium
from services.notifications.domain.delivery import freshness
from services.notifications.domain.obligations import timing
from services.notifications.domain.obligations.catalogue import CLOCK_SKEW, entry_of
from services.notifications.domain.obligations.obligation import Obligation
from services.notifications.domain.obligations.timing import Waits, held_until
from services.notifications.domain.obligations.verdict import Supersede, Suppress
from shared.events.notifications import Outcome


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """The recipient at this moment, as far as sending depends on it."""

    revoked: bool
    discretion: Discretion
    night: bool
    contacts: Mapping[Medium, UUID]
    """Contact points that may be used, in the order the reader prefers."""


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for every decision of one turn."""

    now: datetime
    waits: Waits
    zone: ZoneInfo


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


class Settle(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It ends here."""

    outcome: Outcome
    reason: str
    superseded_by: UUID | None = None


Decision = Tell | Defer | Settle


def decide(
    own: Obligation, peers: Sequence[Obligation], reader: Reader, circumstances: Circumstances
) -> Decision:
    """What follows from everything known; `peers` are all obligations of the same recipient.

    While something may still be heard of an attempt, it is waited for, whatever else is known. Before
    anything is sent, rights come first, then freshness, then the hour.
    """
    now = circumstances.now
    told = freshness.last_told(own, peers)
    usable = usable_channels(own, reader, told)
    barred = _barred(own, reader)
    move = next_move(own, usable, circumstances.waits, to_the_end=barred is None)
    if own.in_flight:
        return Defer(until=now + timedelta(seconds=circumstances.waits.turn_seconds))
    if move is not None and now < move.at:
        return Defer(until=move.at)
    refusal = (barred or _too_late(own, now) or _unwanted(own, peers, circumstances)) or _too_early(
        own, reader, circumstances
    )
    if refusal is not None:
        return refusal
    again = move is not None and move.move == "again"
    channel = timing.next_channel(own.attempts, usable, again=again)
    if channel is None:
        return Settle(outcome="expired", reason="unreachable" if own.attempts else "no_contact")
    medium, step = channel
    number = len(own.attempts) + 1
    return Tell(
        attempt_id=uuid5(own.obligation_id, str(number)),
        number=number,
        step=step,
        channel=medium,
        contact_id=reader.contacts[medium],
        correction_of=None if told is None else told.told_at,
    )


def usable_channels(own: Obligation, reader: Reader, told: Obligation | None) -> tuple[Medium, ...]:
    """In the reader's order, those that the catalogue has words for; a correction follows the error first."""
    worded = entry_of(own.kind).channels.get(own.recipient_role, ())
    usable = [channel for channel in reader.contacts if channel in worded]
    reached = {attempt.channel for attempt in told.attempts if attempt.may_have_reached} if told else set()
    return tuple(sorted(usable, key=lambda channel: channel not in reached))


def next_move(
    own: Obligation, usable: Sequence[Medium], waits: Waits, *, to_the_end: bool
) -> timing.Next | None:
    """What follows the last attempt; none before the first one, and while one is in flight.

    `to_the_end`: on the last channel there is, patience lasts until the deadline.
    """
    if not own.attempts:
        return None
    patience = timing.Patience(waits=waits, urgency=entry_of(own.kind).urgency)
    last = own.attempts[-1]
    step_ends_at = None
    if to_the_end and timing.next_channel(own.attempts, usable, again=False) is None:
        began = next(attempt.claimed_at for attempt in own.attempts if attempt.step == last.step)
        step_ends_at = max(began + patience.step, own.deadline)
    return timing.after(own.attempts, patience, step_ends_at=step_ends_at)


def _barred(own: Obligation, reader: Reader) -> Settle | None:
    if reader.revoked:
        return Settle(outcome="suppressed", reason="no_entitlement")
    if own.barred_by is not None:
        return Settle(outcome="suppressed", reason=own.barred_by)
    if own.superseded_by is not None:
        return Settle(outcome="superseded", reason="newer_version", superseded_by=own.superseded_by)
    if reader.discretion == 0 and own.is_news:
        return Settle(outcome="suppressed", reason="preference_off")
    return None


def _unwanted(
    own: Obligation, peers: Sequence[Obligation], circumstances: Circumstances
) -> Settle | Defer | None:
    waits = circumstances.waits
    patience = timedelta(seconds=waits.lease_seconds)
    match freshness.verdict_by_history(own, peers, now=circumstances.now, patience=patience):
        case Suppress(reason):
            return Settle(outcome="suppressed", reason=reason)
        case Supersede(by, reason):
            return Settle(outcome="superseded", reason=reason, superseded_by=by)
        case freshness.Wait():
            return Defer(until=circumstances.now + timedelta(seconds=waits.turn_seconds))
        case _:
            return None


def _too_late(own: Obligation, now: datetime) -> Settle | None:
    return Settle(outcome="expired", reason="too_late") if now >= own.expires_at else None


def _too_early(own: Obligation, reader: Reader, circumstances: Circumstances) -> Defer | None:
    if own.is_news and own.fact_occurred_at > circumstances.now + CLOCK_SKEW:
        return Defer(until=own.fact_occurred_at)
    morning = held_until(
        circumstances.now,
        zone=circumstances.zone,
        urgency=entry_of(own.kind).urgency,
        role=own.recipient_role,
        night=reader.night,
        expires_at=own.expires_at,
    )
    return None if morning is None else Defer(until=morning, held=True)
