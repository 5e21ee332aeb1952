"""Derives the obligations that follow from a set of events and a circle, each with the verdict of the facts.

Every event that tells someone something gives one obligation per recipient and kind: the news itself,
the correction for those who were told an earlier version, the retraction for those who are no longer
concerned. The verdict says whether it is still to be sent, by the facts alone; what each recipient was
really told decides later (`verdict_by_history` in `domain/delivery/decision.py`). More events never take an
obligation away, so the order of their arrival leaves no trace.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from services.notifications.domain.obligations.catalogue import (
    CLOCK_SKEW,
    STALE_AFTER,
    Recipient,
    corrected,
    fact_of,
    is_corrected,
    is_retracted,
    retracted,
)
from services.notifications.domain.obligations.leavings import left_without_bed
from services.notifications.domain.obligations.statements import (
    LOCATION,
    NOTHING,
    FactHistory,
    FactVersion,
    became_news_at,
    facts_of,
    is_deceased,
    newest,
)
from shared.events.admission import is_movement
from shared.events.envelope import RecordedEvent
from shared.stays.stays import CLASSES_WITHOUT_BED

Suppression = Literal[
    "no_entitlement",
    "preference_off",
    "deceased",
    "stale_at_creation",
    "duplicate_fact",
    "nothing_to_correct",
    "not_staying",
]


class Send(msgspec.Struct, frozen=True, tag=True):
    """It is still to be sent."""


class Suppress(msgspec.Struct, frozen=True, tag=True):
    """It must not be told, or there is nothing to tell."""

    reason: Suppression


class Supersede(msgspec.Struct, frozen=True, tag=True):
    """Newer news takes its place."""

    by: UUID
    reason: str


Verdict = Send | Suppress | Supersede


def verdict_of(
    version: FactVersion,
    kind: str,
    recipient: Recipient,
    *,
    facts: Mapping[str, FactHistory],
    deceased: bool,
    without_bed: Collection[str] = (),
) -> Verdict:
    """Judge rights first, then whether it is still the newest version, then whether it is still news.

    `without_bed` are the facts of leaving where nobody had a bed: no carer was told of the entry.
    """
    if recipient.revoked_at is not None:
        return Suppress("no_entitlement")
    if deceased:
        return Suppress("deceased")
    newer = _outdated_by(version, kind, recipient, facts[version.fact_key])
    if newer is not None:
        return Supersede(newer.event.event_id, "newer_version")
    if is_corrected(kind) or is_retracted(kind):
        return Send()
    if recipient.role == "carer" and version.fact_key in without_bed:
        return Suppress("not_staying")
    return _verdict_of_news(version, recipient, facts)


def _verdict_of_news(version: FactVersion, recipient: Recipient, facts: Mapping[str, FactHistory]) -> Verdict:
    if recipient.discretion == 0:
        return Suppress("preference_off")
    event = version.event
    old = event.recorded_at - became_news_at(event) > STALE_AFTER
    if old and not _is_newer_than_another(version, recipient, facts):
        return Suppress("stale_at_creation")
    if event.recorded_at > recipient.joined_at:
        return Send()
    newest_then = _newest_when_joining(version, recipient, facts)
    if newest_then.fact_key != version.fact_key:
        return Supersede(newest_then.event.event_id, "newer_when_joining")
    return Send()


def _is_newer_than_another(
    version: FactVersion, recipient: Recipient, facts: Mapping[str, FactHistory]
) -> bool:
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


def _newest_when_joining(
    version: FactVersion, recipient: Recipient, facts: Mapping[str, FactHistory]
) -> FactVersion:
    """The one version that someone who joins is told: where the person is now, not the whole day before."""
    known = [
        fact[-1]
        for fact in facts.values()
        if fact[-1].aspect == version.aspect
        and fact[-1].event.recorded_at <= recipient.joined_at
        and fact[-1].event.occurred_at <= recipient.joined_at + CLOCK_SKEW
        and fact[-1].said_to(recipient) != NOTHING
    ]
    return max([version, *known], key=lambda version: (version.event.occurred_at, version.version))


def kinds_of(version: FactVersion, earlier: FactHistory, recipient: Recipient) -> set[str]:
    """The kinds that a version owes a recipient: news, correction, retraction.

    More earlier versions never take one away.
    """
    told_before = [version for version in earlier if version.said_to(recipient) != NOTHING]
    if version.news is not None and version.said_to(recipient) != NOTHING:
        kinds = set() if version.only_corrects else {str(version.news.kind)}
        return kinds | ({corrected(version.news.kind)} if told_before else set())
    if not (version.replaces or version.ends):
        return set()
    shown = {version.news.shown_kind for version in told_before if version.news is not None}
    if version.ends and version.news is not None and version.news.audience.includes(recipient):
        shown.add(version.news.shown_kind)  # a cancel without an earlier version says itself what it ends
    return {retracted(kind) for kind in shown if not version.ends or kind in version.ends}


def owed_after_retracted_death(
    facts: Mapping[str, FactHistory], recipient: Recipient
) -> Iterator[tuple[RecordedEvent, FactVersion, str]]:
    """What a death silenced is owed again by each version that ends it: (event, version, kind).

    News of the day before, and whatever corrects or takes back what was told: of each kind the newest that
    was recorded by then. Whether it was told after all is found out when it is due. An event owes a recipient
    one obligation of each kind, so of two silenced corrections of one kind only the newer is told. A cancel
    leaves the person where they were, which is told; an update says itself where they are.
    """
    for fact in facts.values():
        for position, end in enumerate(fact):
            deaths = [version for version in fact[: position + 1] if version.death]
            if not deaths or (end.death and not end.ends):
                continue
            until = end.event.recorded_at
            since = min(death.event.recorded_at for death in deaths) - STALE_AFTER
            silenced = _corrections(facts, recipient, since=since, until=until)
            if end.ends:
                silenced |= _news(facts, recipient, since=until - STALE_AFTER, until=until)
            owed_anyway = kinds_of(end, fact[:position], recipient)
            yield from (
                (end.event, version, kind) for kind, version in silenced.items() if kind not in owed_anyway
            )


def _news(
    facts: Mapping[str, FactHistory], recipient: Recipient, *, since: datetime, until: datetime
) -> dict[str, FactVersion]:
    """What happened since then, the newest of each kind."""
    versions = [
        version
        for fact in facts.values()
        for version in fact
        if version.aspect == LOCATION
        and version.said_to(recipient) != NOTHING
        and version.event.occurred_at > since
        and version.event.recorded_at <= until
    ]
    ordered = sorted(versions, key=lambda version: (version.event.occurred_at, version.version))
    return {version.news.kind: version for version in ordered if version.news is not None}


def _corrections(
    facts: Mapping[str, FactHistory], recipient: Recipient, *, since: datetime, until: datetime
) -> dict[str, FactVersion]:
    """What was corrected or taken back since then, the newest of each kind."""
    versions = [
        (version, kind)
        for fact in facts.values()
        for position, version in enumerate(fact)
        for kind in kinds_of(version, fact[:position], recipient)
        if (is_corrected(kind) or is_retracted(kind)) and since < version.event.recorded_at <= until
    ]
    ordered = sorted(versions, key=lambda each: (each[0].event.recorded_at, each[0].event.event_id))
    return {kind: version for version, kind in ordered}


_NAMESPACE = UUID("0d3f1f52-5d0a-4f0c-8f0e-6f2b6a1c9b3e")


class DerivedObligation(msgspec.Struct, frozen=True, kw_only=True):
    """Someone entitled must be told one thing; identified by `(event_id, recipient_id, kind)`."""

    event: RecordedEvent
    recipient: Recipient
    kind: str
    version: FactVersion
    """What is told: the event's own version, or the one that it makes worth telling again."""
    verdict: Verdict

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
    deceased = is_deceased(facts)
    mentioned = any(
        is_movement(each.data) and each.data.class_of_stay in CLASSES_WITHOUT_BED for each in known
    )
    without_bed = left_without_bed(known) if mentioned else ()
    return [
        DerivedObligation(
            event=event,
            recipient=recipient,
            kind=kind,
            version=version,
            verdict=verdict_of(
                version, kind, recipient, facts=facts, deceased=deceased, without_bed=without_bed
            ),
        )
        for recipient in circle
        for event, version, kind in _versions_to_tell(facts, recipient)
        if recipient.may_know(occurred_at=became_news_at(event), recorded_at=event.recorded_at)
    ]


def _versions_to_tell(
    facts: Mapping[str, FactHistory], recipient: Recipient
) -> Iterator[tuple[RecordedEvent, FactVersion, str]]:
    for fact in facts.values():
        for position, version in enumerate(fact):
            for kind in sorted(kinds_of(version, fact[:position], recipient)):
                yield version.event, version, kind
    yield from owed_after_retracted_death(facts, recipient)
