"""Derives what is owed again after a stated death was an error: what the death may have silenced."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from services.notifications.domain.audit.facts import FactHistory, said_until
from services.notifications.domain.audit.member import AuditedMember
from services.notifications.domain.audit.rules import DEPARTED, Ever, news_for, tells_of_death
from shared.events.admission import Movement, MovementCancelled, MovementReassigned
from shared.events.envelope import RecordedEvent

_DAY: Final = timedelta(hours=24)


class Owed(NamedTuple):
    """An event and the kinds by which one member must hear of it."""

    event: RecordedEvent
    kinds: frozenset[str]


def owed_after_deaths(
    stated: Sequence[FactHistory],
    owed: Sequence[Owed],
    member: AuditedMember,
    *,
    ever: Ever,
) -> Iterator[Owed]:
    """Corrections, and what was said of waits, since the day before a death that ended.

    When it was cancelled, also the last day's news.
    """
    for fact in stated:
        died_at: datetime | None = None
        for event in fact:
            if isinstance(event.data, MovementReassigned):
                yield from _after_foreign_death(stated, owed, member, event=event, fact=fact, ever=ever)
                continue
            # It may mean a death by some of what is known, and have been taken for one.
            if any(tells_of_death(each.data) for each in fact if each.event_id == event.event_id):
                died_at = min(died_at or event.recorded_at, event.recorded_at)
            cancelled = isinstance(event.data, MovementCancelled)
            if died_at is None or (tells_of_death(event.data) and not cancelled):
                continue
            kinds = _kept_back(owed, member, since=died_at - _DAY, until=event.recorded_at)
            if cancelled:
                kinds |= _news(stated, member, until=event.recorded_at, ever=ever)
            yield Owed(event, frozenset(kinds))


def _after_foreign_death(
    stated: Sequence[FactHistory],
    owed: Sequence[Owed],
    member: AuditedMember,
    *,
    event: RecordedEvent,
    fact: FactHistory,
    ever: Ever,
) -> Iterator[Owed]:
    """A death that was another person's, like one that was cancelled."""
    deaths = [each.recorded_at for each in said_until(fact, event) if tells_of_death(each.data)]
    if deaths and not (isinstance(event.data, MovementReassigned) and event.data.reason == "merged"):
        since, until = min(deaths) - _DAY, event.recorded_at
        news = _news(stated, member, until=until, ever=ever)
        kinds = _kept_back(owed, member, since=since, until=until) | news
        yield Owed(event, frozenset(kinds))


def _kept_back(owed: Sequence[Owed], member: AuditedMember, *, since: datetime, until: datetime) -> set[str]:
    """What nobody heard while the person was taken for dead, and which no later news makes up for."""
    return {
        kind
        for event, kinds in owed
        if since < event.recorded_at <= until
        for kind in kinds
        if kind.endswith((".corrected", ".retracted"))
        or (_is_of_a_wait(event, kind) and member.may_know(event))
    }


def _is_of_a_wait(event: RecordedEvent, kind: str) -> bool:
    """Whether it says that somebody is awaited, is missing or was found: all of pathway's, and departures."""
    return kind == DEPARTED or not isinstance(event.data, Movement)


def _news(stated: Sequence[FactHistory], member: AuditedMember, *, until: datetime, ever: Ever) -> set[str]:
    """Where the person was or is, not where they are expected."""
    happened = [
        event
        for fact in stated
        for event in fact
        if isinstance(event.data, Movement) and not isinstance(event.data, MovementCancelled)
        if event.occurred_at > until - _DAY and event.recorded_at <= until
    ]
    kinds = {news_for(event.data, member, ever=ever) for event in happened}
    return {kind for kind in kinds if kind is not None and kind != DEPARTED}
