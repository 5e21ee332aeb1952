"""Derives the obligations that follow from a set of events and a circle, each with the verdict of the facts.

Every event that tells someone something gives one obligation per recipient and kind: the news itself,
the correction for those who were told an earlier version, the retraction for those who are no longer
concerned. The verdict says whether it is still to be sent, by the facts alone; what each recipient was
really told decides later (`verdict_by_history` in `domain/delivery/decision.py`). More events never take an
obligation away, so the order of their arrival leaves no trace.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from services.notifications.domain.obligations.arrivals import version_of_arrival
from services.notifications.domain.obligations.catalogue import (
    STALE_AFTER,
    FactKind,
    Recipient,
    fact_of,
    is_corrected,
    is_retracted,
)
from services.notifications.domain.obligations.leavings import NOTHING_UNTOLD, Untold, had_a_bed, untold_of
from services.notifications.domain.obligations.needless import says_more
from services.notifications.domain.obligations.restated import is_still_to_be_told
from services.notifications.domain.obligations.returns import version_of_return
from services.notifications.domain.obligations.separations import version_of_merge
from services.notifications.domain.obligations.silenced import (
    deaths_that_stand,
    is_silenced,
    owed_after_retracted_death,
    silent_from,
)
from services.notifications.domain.obligations.statements import (
    LOCATION,
    NOTHING,
    FactHistory,
    Facts,
    FactVersion,
    became_news_at,
    before,
    in_order_of_attribution,
    kinds_of,
    version_of_movement,
    version_of_reassignment,
)
from services.notifications.domain.obligations.verdict import Send, Supersede, Suppress, Verdict
from services.notifications.domain.obligations.waits import owed_after_wait
from services.notifications.domain.obligations.withheld import owed_after_retraction
from shared.events.admission import MERGE_EVENTS, Movement, MovementReassigned, is_movement
from shared.events.envelope import RecordedEvent
from shared.events.pathway import ExpectationEvent, FurtherExpectationStated
from shared.stays.classes import CLASSES_WITHOUT_BED
from shared.stays.clocks import WARD_CLOCK_AHEAD
from shared.stays.completions import Meant, completions


def verdict_of(
    version: FactVersion,
    kind: str,
    recipient: Recipient,
    *,
    facts: Mapping[str, FactHistory],
    deceased: bool,
    untold: Untold = NOTHING_UNTOLD,
) -> Verdict:
    """Judge rights first, then whether it is still the newest version, then whether it is still news."""
    if recipient.revoked_at is not None:
        return Suppress("no_entitlement")
    if deceased:
        return Suppress("deceased")
    outdone = _outdone(version, kind, recipient, facts)
    if outdone is not None:
        return outdone
    if is_corrected(kind) or is_retracted(kind):
        return Send()
    if (reason := untold.get((version.fact_key, recipient.role))) is not None:
        return Suppress(reason)
    return _verdict_of_news(version, recipient, facts)


def _verdict_of_news(version: FactVersion, recipient: Recipient, facts: Mapping[str, FactHistory]) -> Verdict:
    if recipient.discretion == 0:
        return Suppress("preference_off")
    event = version.event
    old = event.recorded_at - became_news_at(event) > STALE_AFTER
    may_come_late = (_is_newer_than_another, is_still_to_be_told)
    if old and not any(may(version, recipient, facts) for may in may_come_late):
        return Suppress("stale_at_creation")
    if version.aspect == LOCATION and _moves_inside(event) and had_a_bed(version, facts):
        return Suppress("duplicate_fact")
    if event.recorded_at > recipient.joined_at:
        return Send()
    newest_then = _newest_when_joining(version, recipient, facts)
    if newest_then.fact_key != version.fact_key:
        return Supersede(newest_then.event.event_id, "newer_when_joining")
    return Send()


def _moves_inside(event: RecordedEvent) -> bool:
    return is_movement(event.data) and event.data.kind == "transfer"


def _is_newer_than_another(version: FactVersion, recipient: Recipient, facts: Facts) -> bool:
    """Whether it says where the person is after something that the recipient may take to be still so.

    Whether they were told that is found out when it is due (`_too_old` in `domain/delivery/decision.py`).
    """
    if version.aspect != LOCATION:
        return False
    places = [
        fact[-1].event.occurred_at
        for key, fact in facts.items()
        if key != version.fact_key and fact[-1].aspect == LOCATION and fact[-1].said_to(recipient) != NOTHING
    ]
    return bool(places) and max(places) <= version.event.occurred_at


def _outdone(version: FactVersion, kind: str, recipient: Recipient, facts: Facts) -> Supersede | None:
    newer = _outdated_by(version, kind, recipient, facts[version.fact_key])
    if newer is not None:
        return Supersede(newer.event.event_id, "newer_version")
    more = says_more(version, kind, recipient, facts) if recipient.role == "professional" else None
    return None if more is None else Supersede(more.version.event.event_id, more.reason)


def _outdated_by(
    version: FactVersion, kind: str, recipient: Recipient, fact: FactHistory
) -> FactVersion | None:
    """The version that holds now, if what it says differs."""
    shown = fact_of(kind)
    if version.news is not None and not is_retracted(kind):
        shown = version.news.shown_kind
    now = newest(fact, shown, recipient)
    if now is None or now.version <= version.version:
        return None
    return now if now.said_to(recipient) != version.said_to(recipient) else None


def _newest_when_joining(version: FactVersion, recipient: Recipient, facts: Facts) -> FactVersion:
    """The one version that someone who joins is told: where the person is now, not the whole day before."""
    known = [
        fact[-1]
        for fact in facts.values()
        if fact[-1].aspect == version.aspect
        and fact[-1].event.recorded_at <= recipient.joined_at
        and fact[-1].event.occurred_at <= recipient.joined_at + WARD_CLOCK_AHEAD
        and fact[-1].said_to(recipient) != NOTHING
    ]
    return max([version, *known], key=lambda version: (version.event.occurred_at, version.version))


def newest(fact: FactHistory, kind: FactKind, recipient: Recipient) -> FactVersion | None:
    """The version that holds now, of those that bear on what this recipient may have been told as `kind`."""
    return next((version for version in reversed(fact) if version.bears_on(kind, recipient)), None)


def facts_of(events: Iterable[RecordedEvent]) -> Mapping[str, FactHistory]:
    """Every fact by its key; an event that came twice counts once."""
    known = list(events)
    # Of all that was ever stated, cancelled or not: more events never take an obligation away.
    without_bed = {
        each.data.stay_id
        for each in known
        if is_movement(each.data)
        and each.data.kind == "admission"
        and each.data.class_of_stay in CLASSES_WITHOUT_BED
    }
    ended = {each.data.stay_id for each in known if is_movement(each.data) and each.data.kind == "discharge"}
    versions = (version_of(each, began_without_bed=without_bed, ended=ended) for each in completions(known))
    stated = [version for version in versions if version is not None]
    facts: dict[str, list[FactVersion]] = {}
    for version in sorted(stated, key=lambda version: version.version):
        facts.setdefault(version.fact_key, []).append(version)
    for key, fact in facts.items():
        if fact[0].reassigned is not None:
            facts[key] = in_order_of_attribution(fact)
    return facts


def version_of(
    meant: Meant, *, began_without_bed: Collection[UUID], ended: Collection[UUID]
) -> FactVersion | None:
    """The version that an event states; `None` when nobody ever has to be told of it."""
    event = meant.event
    if isinstance(event.data, Movement):
        return version_of_movement(meant, event.data, began_without_bed=began_without_bed, ended=ended)
    if isinstance(event.data, MovementReassigned):
        return version_of_reassignment(event, event.data)
    if isinstance(event.data, MERGE_EVENTS):
        return version_of_merge(event, event.data)
    if isinstance(event.data, FurtherExpectationStated):
        return version_of_return(event, event.data)
    return version_of_arrival(event, event.data) if isinstance(event.data, ExpectationEvent) else None


_NAMESPACE = UUID("0d3f1f52-5d0a-4f0c-8f0e-6f2b6a1c9b3e")


class DerivedObligation(msgspec.Struct, frozen=True, kw_only=True):
    """Someone entitled must be told one thing; identified by `(event_id, recipient_id, kind)`."""

    event: RecordedEvent
    recipient: Recipient
    kind: str
    version: FactVersion
    """What is told: the event's own version, or the one that it makes worth telling again."""
    verdict: Verdict
    silent_from: datetime | None = None
    """When a death that is dated ahead comes: what is still open then is not told any more."""

    @property
    def key(self) -> tuple[UUID, UUID, str]:
        return (self.event.event_id, self.recipient.member_id, self.kind)

    @property
    def obligation_id(self) -> UUID:
        return uuid5(_NAMESPACE, "/".join(map(str, self.key)))


def derive_obligations(
    events: Iterable[RecordedEvent], circle: Sequence[Recipient]
) -> list[DerivedObligation]:
    """All obligations that these events ever gave to these recipients, each with its present verdict."""
    known = list(events)
    facts = facts_of(known)
    deaths = deaths_that_stand(facts) if _tell_of_a_death(facts) else []
    said = [each.data for each in known if is_movement(each.data)]
    is_plain = {each.class_of_stay for each in said}.isdisjoint(CLASSES_WITHOUT_BED) and all(
        each.kind != "return" for each in said
    )
    untold = NOTHING_UNTOLD if is_plain else untold_of(known)
    derived = (
        DerivedObligation(
            event=event,
            recipient=recipient,
            kind=kind,
            version=version,
            verdict=_unless_outdone(
                outdone_by,
                verdict_of(
                    version,
                    kind,
                    recipient,
                    facts=facts,
                    deceased=bool(deaths) and is_silenced(event, deaths),
                    untold=untold,
                ),
            ),
            silent_from=silent_from(event, deaths) if deaths else None,
        )
        for recipient in circle
        for event, version, kind, outdone_by in _versions_to_tell(facts, recipient)
        if recipient.may_know(occurred_at=became_news_at(event), recorded_at=event.recorded_at)
    )
    # A member who reaches this person through a merge may have two memberships; the later counts.
    return list({each.key: each for each in derived}.values())


def _unless_outdone(newer: FactVersion | None, verdict: Verdict) -> Verdict:
    if newer is None or not isinstance(verdict, Send):
        return verdict
    return Supersede(newer.event.event_id, "newer_known")


def _versions_to_tell(
    facts: Mapping[str, FactHistory], recipient: Recipient
) -> Iterator[tuple[RecordedEvent, FactVersion, str, FactVersion | None]]:
    takes_back = False
    for fact in facts.values():
        for position, version in enumerate(fact):
            for kind in sorted(kinds_of(version, before(fact, position), recipient)):
                takes_back = takes_back or is_retracted(kind)
                yield version.event, version, kind, None
    if takes_back or any(isinstance(fact[-1].event.data, MERGE_EVENTS) for fact in facts.values()):
        yield from owed_after_retraction(facts, recipient)
    if recipient.role == "professional":
        yield from owed_after_wait(facts, recipient)
    if _tell_of_a_death(facts):
        for event, version, kind in owed_after_retracted_death(facts, recipient):
            yield event, version, kind, None


def _tell_of_a_death(facts: Mapping[str, FactHistory]) -> bool:
    return any(version.death for fact in facts.values() for version in fact)
