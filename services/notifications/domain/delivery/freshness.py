"""Decides whether there is still something to tell a recipient, given what they were told so far, and when.

Within one fact only what differs from the last thing told is sent, as a correction. Among facts of one
aspect (where the person is), news is sent in the order it happened; once it was delayed, newer news takes
its place. So nobody hears old news after new, and nobody hears the same twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from services.notifications.domain.obligations.catalogue import fact_of, is_corrected, is_retracted
from services.notifications.domain.obligations.derivation import Send, Supersede, Suppress, Verdict
from services.notifications.domain.obligations.obligation import Obligation


class Wait(msgspec.Struct, frozen=True, tag=True):
    """Something is just leaving for the same recipient, or is about to: this has its turn after it."""


def verdict_by_history(
    obligation: Obligation, peers: Sequence[Obligation], *, now: datetime, patience: timedelta
) -> Verdict | Wait:
    """What to do with an obligation that is due; `peers` are all others of the same recipient.

    `patience` bounds the wait for earlier news to leave.
    """
    others = [peer for peer in peers if peer.obligation_id != obligation.obligation_id]
    if any(peer.in_flight for peer in others):
        return Wait()
    told = last_told(obligation, others)
    if is_retracted(obligation.kind):
        return _judged_retraction(obligation, told)
    if is_corrected(obligation.kind):
        return _judged_correction(obligation, told)
    return _judged_news_of_fact(obligation, others) or _judged_news_of_aspect(
        obligation, others, now=now, patience=patience
    )


def last_told(obligation: Obligation, others: Sequence[Obligation]) -> Obligation | None:
    """What the recipient last heard, or may have heard, of this fact by another event."""
    of_fact = [peer for peer in others if peer.fact_key == obligation.fact_key]
    return _latest([peer for peer in of_fact if peer.event_id != obligation.event_id])


def _judged_retraction(obligation: Obligation, told: Obligation | None) -> Verdict:
    if told is None:
        return Suppress("nothing_to_correct")
    if is_retracted(told.kind):
        return Suppress("duplicate_fact")
    return Send() if told.shown_kind == fact_of(obligation.kind) else Suppress("nothing_to_correct")


def _judged_correction(obligation: Obligation, told: Obligation | None) -> Verdict:
    if told is None or is_retracted(told.kind):
        return Suppress("nothing_to_correct")
    return Suppress("duplicate_fact") if told.said == obligation.said else Send()


def _judged_news_of_fact(obligation: Obligation, others: Sequence[Obligation]) -> Verdict | None:
    """None when the fact itself is no reason against."""
    of_fact = [peer for peer in others if peer.fact_key == obligation.fact_key]
    told = _latest(of_fact)
    if told is not None and not is_retracted(told.kind):
        if told.said == obligation.said:
            return Suppress("duplicate_fact")
        if any(
            peer.event_id == obligation.event_id and is_corrected(peer.kind) and peer.stands
            for peer in of_fact
        ):
            return Supersede(obligation.event_id, "told_as_correction")
    said_by_another = any(
        peer.is_news
        and peer.stands
        and peer.said == obligation.said
        and _place_in_line(peer) < _place_in_line(obligation)
        for peer in of_fact
    )
    return Suppress("duplicate_fact") if said_by_another else None


def _judged_news_of_aspect(
    obligation: Obligation, others: Sequence[Obligation], *, now: datetime, patience: timedelta
) -> Verdict | Wait:
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
        if newer.stands and obligation.delayed and newer.fact_occurred_at <= now:
            return Supersede(newer.event_id, "newer_known")
    about_to_leave = any(
        older.order < obligation.order
        and older.stands
        and not older.delayed
        and older.not_before <= now < older.not_before + patience
        for older in elsewhere
    )
    return Wait() if about_to_leave else Send()


def _taken_back(news: Obligation, others: Sequence[Obligation]) -> bool:
    return any(
        peer.fact_key == news.fact_key
        and is_retracted(peer.kind)
        and (peer.stands or peer.told_at is not None)
        for peer in others
    )


def _place_in_line(news: Obligation) -> tuple[datetime, int, str]:
    return (*news.order, str(news.obligation_id))


def _latest(peers: Sequence[Obligation]) -> Obligation | None:
    told = [(peer.told_at, peer) for peer in peers if peer.told_at is not None]
    return max(told, key=lambda pair: pair[0])[1] if told else None
