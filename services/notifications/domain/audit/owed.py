"""Derives the obligations that must exist, member by member, from what the publishers' ledgers hold.

Each fact is walked through as one member would hear it: news is owed to who is concerned, a correction too
to whom an earlier version concerned, and a retraction of all that was said to whom it no longer concerns.

Written from the rules (decisions 0007 and 0009), not from the code that plans: an import contract keeps them
apart. Where the two do not agree, one of them is wrong.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from uuid import UUID

import msgspec

from services.notifications.domain.audit.facts import FactHistory, facts, said_until
from services.notifications.domain.audit.member import AuditedMember
from services.notifications.domain.audit.rules import (
    ARRIVED,
    BACK_OR_GONE,
    ENDED,
    LOST,
    OVERDUE,
    Ever,
    news_for,
    stay_without_bed,
)
from services.notifications.domain.audit.silenced import Owed, owed_after_deaths
from services.notifications.domain.audit.withheld import owed_after_errors
from shared.events.admission import Movement, MovementCancelled, MovementReassigned, PersonsMerged
from shared.events.envelope import Payload, RecordedEvent
from shared.events.pathway import (
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    FurtherExpectationStated,
    RuptureClosed,
)


class ObligationKey(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """The identity of an obligation."""

    event_id: UUID
    recipient_id: UUID
    kind: str


def owed_obligations(
    events: Iterable[RecordedEvent], circle: Sequence[AuditedMember]
) -> frozenset[ObligationKey]:
    """Everything that the events of one person oblige to tell the members of that person's circle."""
    known = list(events)
    stated = facts(known)
    ever = Ever(
        without_bed={stay for event in known if (stay := stay_without_bed(event.data)) is not None},
        discharged={
            event.data.stay_id
            for event in known
            if isinstance(event.data, Movement) and event.data.kind == "discharge"
        },
    )
    return frozenset(
        ObligationKey(event_id=event.event_id, recipient_id=member.member_id, kind=kind)
        for member in circle
        for event, kinds in _owed(stated, member, ever=ever)
        if member.may_know(event)
        for kind in kinds
    )


def _owed(stated: Sequence[FactHistory], member: AuditedMember, *, ever: Ever) -> Iterator[Owed]:
    at_first = [owed for fact in stated for owed in _walk(fact, member, ever=ever)]
    yield from at_first
    yield from owed_after_deaths(stated, at_first, member, ever=ever)
    yield from owed_after_errors(stated, at_first, member, ever=ever)


def _walk(fact: FactHistory, member: AuditedMember, *, ever: Ever) -> Iterator[Owed]:
    said: set[str] = set()
    for _, group in groupby(fact, key=lambda event: event.event_id):
        meanings = list(group)  # several only of an update that left something as it was
        kinds = [news_for(each.data, member, ever=ever) for each in meanings]
        before = set(said)
        for place, event in enumerate(meanings):
            if isinstance(event.data, MovementReassigned):
                yield Owed(event, _taken_back(fact, event, member, ever=ever))
                continue
            others = {kind for at, kind in enumerate(kinds) if kind and at != place}
            known = before | others
            yield Owed(event, _kinds(event, kinds[place], known))
            said |= known


def _taken_back(
    fact: FactHistory, event: RecordedEvent, member: AuditedMember, *, ever: Ever
) -> frozenset[str]:
    """What was said of a movement that is another person's; it stays true of persons who are one."""
    if isinstance(event.data, MovementReassigned) and event.data.reason == "merged":
        return frozenset()
    kinds = (news_for(stated.data, member, ever=ever) for stated in said_until(fact, event))
    return frozenset(f"{kind}.retracted" for kind in kinds if kind)


def _kinds(event: RecordedEvent, kind: str | None, said: set[str]) -> frozenset[str]:
    """The kinds that one version owes this member; adds to `said`, the kinds owed by earlier versions."""
    if isinstance(event.data, RuptureClosed) and kind:  # no news by itself: it says how the wait ended
        corrects = {f"{OVERDUE}.corrected"} if said else set()
        said.add(ENDED.get(event.data.ended_as, ARRIVED))
        return frozenset(corrects)
    if kind and isinstance(event.data, FurtherExpectationStated) and event.data.state != "overdue":
        corrects = {f"{LOST}.corrected"} if said else set()
        said.add(BACK_OR_GONE)
        return frozenset(corrects)
    if isinstance(event.data, PersonsMerged) and kind:  # no news: only that they are not one is told
        said.add(kind)
        return frozenset()
    if kind and not isinstance(event.data, MovementCancelled):
        kinds = {kind, f"{kind}.corrected"} if said else {kind}
        said.add(kind)
        return frozenset(kinds)
    return frozenset(f"{over}.retracted" for over in _over(event.data, kind, said))


def _over(payload: Payload, kind: str | None, said: set[str]) -> set[str]:
    """The kinds owed by earlier versions that this statement takes back."""
    match payload:
        case (
            ExpectationWithdrawn(reassigned="merged")
            | RuptureClosed(reassigned="merged")
            | FurtherExpectationStated(reassigned="merged")
        ):
            return set()
        case MovementCancelled() if kind:  # without an earlier version, it says itself what it takes back
            return said | {kind}
        case ExpectationMet():  # who received the person has stated it
            return set()
        case ExpectationOpened():  # a rupture is over when pathway closes it, not before
            return said & {ARRIVED, *ENDED.values()}
        case RuptureClosed():
            return said & {OVERDUE}
        case _:
            return said
