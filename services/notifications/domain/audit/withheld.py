"""Derives what is owed again after news was an error: what it had made needless to tell."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final
from uuid import UUID

from services.notifications.domain.audit.facts import FactHistory
from services.notifications.domain.audit.member import AuditedMember
from services.notifications.domain.audit.rules import DEPARTED, news_for
from services.notifications.domain.audit.silenced import Owed
from shared.events.admission import (
    Movement,
    MovementCancelled,
    MovementReassigned,
    PersonsMerged,
    PersonsUnmerged,
)
from shared.events.envelope import RecordedEvent

_TAKEN_BACK: Final = ".retracted"


def owed_after_errors(
    stated: Sequence[FactHistory],
    owed: Sequence[Owed],
    member: AuditedMember,
    *,
    day_stays: Collection[UUID],
) -> Iterator[Owed]:
    """Whatever takes news back owes all news of other movements recorded by then that the member may know."""
    told = [
        (event, event.data.movement_id, kind)
        for fact in stated
        for event in fact
        if isinstance(event.data, Movement) and not isinstance(event.data, MovementCancelled)
        if (kind := news_for(event.data, member, day_stays=day_stays)) and kind != DEPARTED
        if member.may_know(event)
    ]
    for event, kinds in owed:
        over = event.data
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


def _one_again(stated: Sequence[FactHistory]) -> Iterator[RecordedEvent]:
    """Merges of two who had been separated: what was said of one to those of the other is right after all."""
    for fact in stated:
        for place, event in enumerate(fact):
            separated = any(isinstance(earlier.data, PersonsUnmerged) for earlier in fact[:place])
            if separated and isinstance(event.data, PersonsMerged):
                yield event
