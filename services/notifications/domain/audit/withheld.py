"""Derives what is owed again after news was an error: what it had made needless to tell."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final
from uuid import UUID

from services.notifications.domain.audit.facts import FactHistory
from services.notifications.domain.audit.member import AuditedMember
from services.notifications.domain.audit.rules import ADMITTED, AT_HOME, DEPARTED, Ever, news_for
from services.notifications.domain.audit.silenced import Owed
from shared.events.admission import (
    Movement,
    MovementCancelled,
    MovementReassigned,
    PersonsMerged,
    PersonsUnmerged,
)
from shared.events.envelope import RecordedEvent
from shared.events.pathway import ExpectationMet, ExpectationOpened, ExpectationWithdrawn, RuptureClosed

_TAKEN_BACK: Final = ".retracted"
_ENTERED: Final = {ADMITTED, AT_HOME}

_Told = tuple[RecordedEvent, UUID, str]


def owed_after_errors(
    stated: Sequence[FactHistory],
    owed: Sequence[Owed],
    member: AuditedMember,
    *,
    ever: Ever,
) -> Iterator[Owed]:
    """Whatever takes news back owes all news of other movements recorded by then that the member may know.

    Of pathway, that is who came anywhere; where somebody is announced again, that they left is owed, too.
    """
    told = [
        (event, event.data.movement_id, kind)
        for fact in stated
        for event in fact
        if isinstance(event.data, Movement) and not isinstance(event.data, MovementCancelled)
        if (kind := news_for(event.data, member, ever=ever)) and kind != DEPARTED
        if member.may_know(event)
    ]
    for event, kinds in owed:
        over = event.data
        if isinstance(over, ExpectationOpened | ExpectationWithdrawn | RuptureClosed):
            yield Owed(
                event, _of_a_wait_again(event, over, kinds=kinds, stated=stated, told=told, member=member)
            )
        if not isinstance(over, Movement | MovementReassigned):
            continue
        if any(kind.endswith(_TAKEN_BACK) for kind in kinds):
            yield Owed(
                event,
                frozenset(
                    kind
                    for news, movement_id, kind in told
                    if news.recorded_at <= event.recorded_at and movement_id != over.movement_id
                ),
            )
    for again in _one_again(stated):
        yield Owed(again, frozenset(kind for news, _, kind in told if news.recorded_at <= again.recorded_at))


def _of_a_wait_again(
    event: RecordedEvent,
    wait: ExpectationOpened | ExpectationWithdrawn | RuptureClosed,
    *,
    kinds: Collection[str],
    stated: Sequence[FactHistory],
    told: Sequence[_Told],
    member: AuditedMember,
) -> frozenset[str]:
    """Entries for which the end of a wait had stood, and the departure, which was no news as it was over."""
    again: set[str] = set()
    if any(kind.endswith(_TAKEN_BACK) for kind in kinds):
        again |= {kind for news, _, kind in told if news.recorded_at <= event.recorded_at} & _ENTERED
    if isinstance(wait, ExpectationOpened) and _was_over(event, wait, stated):
        left = (
            each
            for fact in stated
            for each in fact
            if isinstance(each.data, Movement) and not isinstance(each.data, MovementCancelled)
            if each.data.movement_id == wait.departure_movement_id
            if each.recorded_at <= event.recorded_at and member.may_know(each)
        )
        again |= {kind for each in left if (kind := news_for(each.data, member, ever=Ever())) == DEPARTED}
    return frozenset(again)


def _was_over(event: RecordedEvent, wait: ExpectationOpened, stated: Sequence[FactHistory]) -> bool:
    """Whether pathway had said before that nobody waits any more."""
    return any(
        each.data.expectation_id == wait.expectation_id and each.sequence < event.sequence
        for fact in stated
        for each in fact
        if isinstance(each.data, ExpectationMet | ExpectationWithdrawn)
    )


def _one_again(stated: Sequence[FactHistory]) -> Iterator[RecordedEvent]:
    """Merges of two who had been separated: what was said of one to those of the other is right after all."""
    for fact in stated:
        for place, event in enumerate(fact):
            separated = any(isinstance(earlier.data, PersonsUnmerged) for earlier in fact[:place])
            if separated and isinstance(event.data, PersonsMerged):
                yield event
