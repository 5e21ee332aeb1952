"""Gives a new obligation its times, and re-evaluates an open one against the facts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.obligations.catalogue import entry_of, is_corrected, is_retracted
from services.notifications.domain.obligations.derivation import DerivedObligation
from services.notifications.domain.obligations.obligation import AWAITED, End, Obligation, Status
from services.notifications.domain.obligations.statements import NOTHING
from services.notifications.domain.obligations.timing import Circumstances, UrgencyWaits, delayed_until
from services.notifications.domain.obligations.verdict import Send, Supersede, Suppress, Suppression, Verdict
from shared.events.admission import is_movement
from shared.stays.clocks import WARD_CLOCK_AHEAD

_DEFAULT_LANES: dict[str, ChannelName] = {"carer": "sms", "professional": "email"}
_RETRACTED = "event.retracted"


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """Why an open obligation is not sent, now or from a moment on; with all none, it is sent after all."""

    obligation_id: UUID
    barred_by: Suppression | None = None
    superseded_by: UUID | None = None
    silent_from: datetime | None = None


def plan_obligation(
    derived: DerivedObligation, *, usable: Sequence[ChannelName], circumstances: Circumstances
) -> Obligation:
    """The new obligation with its times; `status` says whether it is open."""
    entry = entry_of(derived.kind)
    told = derived.version.event.data
    zone = told.time_zone if is_movement(told) else None
    recipient, event = derived.recipient, derived.event
    said, shown_kind, occurred_at = _content(derived)
    ahead = _is_ahead(derived.kind, occurred_at, now=circumstances.now)
    earliest = occurred_at if ahead else circumstances.now
    known_since = occurred_at if ahead else max(event.recorded_at, recipient.joined_at)
    expires_at = known_since + entry.expires_after
    morning = delayed_until(
        earliest,
        zone=circumstances.zone_of(recipient.zone, zone),
        urgency=entry.urgency,
        role=recipient.role,
        night=recipient.night,
        expires_at=expires_at,
    )
    not_before = morning or earliest
    urgency_waits = UrgencyWaits(waits=circumstances.waits, urgency=entry.urgency)
    worded = [channel for channel in usable if channel in entry.channels.get(recipient.role, ())]
    return Obligation(
        obligation_id=derived.obligation_id,
        event_id=event.event_id,
        recipient_id=recipient.member_id,
        person_id=event.subject,
        recipient_role=recipient.role,
        kind=derived.kind,
        stated_by=derived.version.stated_by,
        aspect=derived.version.aspect,
        fact_key=derived.version.fact_key,
        said=said,
        shown_kind=shown_kind,
        fact_occurred_at=occurred_at,
        fact_recorded_at=event.recorded_at,
        fact_sequence=derived.version.event.sequence,
        status=_first_status(derived.verdict),
        superseded_by=derived.verdict.by if isinstance(derived.verdict, Supersede) else None,
        silent_from=derived.silent_from,
        lane=worded[0] if worded else _DEFAULT_LANES[recipient.role],
        held=morning is not None,
        not_before=not_before,
        deadline=max(known_since, morning or known_since) + urgency_waits.deadline,
        expires_at=expires_at,
        zone=zone,
        trace=event.trace,
    )


def reevaluate(obligation: Obligation, derived: DerivedObligation) -> End | Bar | None:
    """What the facts as they are now change for an open obligation; mostly nothing.

    While an answer or a report may still come, the obligation stays open for it, but is barred.
    """
    verdict = _verdict_of_words(obligation, derived)
    bar = _bar_of(obligation, verdict, silent_from=derived.silent_from)
    if isinstance(verdict, Send) or _is_awaited(obligation):
        return None if bar == _standing_bar(obligation) else bar
    return end_by_verdict(verdict)


def end_by_verdict(verdict: Verdict) -> End | None:
    """How the facts alone end an obligation; `None` when it is to be sent."""
    match verdict:
        case Suppress(reason):
            return End(outcome="suppressed", reason=reason)
        case Supersede(by, reason):
            return End(outcome="superseded", reason=reason, superseded_by=by)
        case _:
            return None


def _is_ahead(kind: str, occurred_at: datetime, *, now: datetime) -> bool:
    """Whether it is news of something that has not happened yet; corrections are never held back."""
    return not is_corrected(kind) and not is_retracted(kind) and occurred_at > now + WARD_CLOCK_AHEAD


def _content(derived: DerivedObligation) -> tuple[str, str, datetime]:
    version = derived.version
    said = version.said_to(derived.recipient)
    if said == NOTHING or version.news is None:
        return NOTHING, _RETRACTED, version.event.occurred_at
    return said, version.news.shown_kind, version.news.occurred_at


def _verdict_of_words(obligation: Obligation, derived: DerivedObligation) -> Verdict:
    """The verdict of the facts, unless the obligation's own content is outdated by now."""
    said, shown_kind, _ = _content(derived)
    version = derived.version
    same = (obligation.fact_key, obligation.said, obligation.shown_kind) == (
        version.fact_key,
        said,
        shown_kind,
    )
    return derived.verdict if same else Supersede(version.event.event_id, "newer_version")


def _first_status(verdict: Verdict) -> Status:
    end = end_by_verdict(verdict)
    return "scheduled" if end is None else end.outcome


def _standing_bar(obligation: Obligation) -> Bar:
    return Bar(
        obligation_id=obligation.obligation_id,
        barred_by=obligation.barred_by,
        superseded_by=obligation.superseded_by,
        silent_from=obligation.silent_from,
    )


def _bar_of(obligation: Obligation, verdict: Verdict, *, silent_from: datetime | None) -> Bar:
    return Bar(
        obligation_id=obligation.obligation_id,
        barred_by=verdict.reason if isinstance(verdict, Suppress) else None,
        superseded_by=verdict.by if isinstance(verdict, Supersede) else None,
        silent_from=silent_from,
    )


def _is_awaited(obligation: Obligation) -> bool:
    return bool(obligation.attempts) and obligation.attempts[-1].status in AWAITED
