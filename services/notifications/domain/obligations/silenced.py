"""Says what a stated death silences, and what is owed again when it was an error, or another person's."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from services.notifications.domain.obligations.catalogue import (
    STALE_AFTER,
    Recipient,
    is_corrected,
    is_retracted,
)
from services.notifications.domain.obligations.statements import (
    LOCATION,
    NOTHING,
    FactHistory,
    FactVersion,
    became_news_at,
    before,
    kinds_of,
)
from shared.events.envelope import RecordedEvent
from shared.stays.clocks import WARD_CLOCK_AHEAD


def deaths_that_stand(facts: Mapping[str, FactHistory]) -> list[RecordedEvent]:
    """The statements of a death that are neither corrected nor cancelled."""
    return [fact[-1].event for fact in facts.values() if fact[-1].death and not fact[-1].ends]


def is_silenced(event: RecordedEvent, deaths: Iterable[RecordedEvent]) -> bool:
    """Whether nothing may be told of it, as the person is dead.

    A death that is dated ahead is a plan when it is stated: it silences what comes from its moment on.
    """
    begins_at = max(event.recorded_at, event.occurred_at)
    return any(death.occurred_at <= max(death.recorded_at + WARD_CLOCK_AHEAD, begins_at) for death in deaths)


def silent_from(event: RecordedEvent, deaths: Iterable[RecordedEvent]) -> datetime | None:
    """The moment from which it may be told no more: of the first death that is dated ahead, if any is."""
    foretold = (death.occurred_at for death in deaths if not is_silenced(event, [death]))
    return min(foretold, default=None)


def owed_after_retracted_death(
    facts: Mapping[str, FactHistory], recipient: Recipient
) -> Iterator[tuple[RecordedEvent, FactVersion, str]]:
    """What a death silenced is owed again by each version that ends it: (event, version, kind).

    News of the day before, who is waited for, and whatever corrects or takes back what was told: of each kind
    the newest that was recorded by then, and stood if one did. Whether it was told after all is found out
    when it is due. An event owes a recipient one obligation of each kind, so of two silenced corrections of
    one kind only the newer is told. A cancel leaves the person where they were, which is told; an update says
    itself where they are.
    """
    for fact in facts.values():
        for position, end in enumerate(fact):
            earlier = before(fact, position)
            deaths = [version for version in (*earlier, end) if version.death]
            if not deaths or (end.death and not end.ends) or end.reassigned == "merged":
                continue
            until = end.event.recorded_at
            since = min(death.event.recorded_at for death in deaths) - STALE_AFTER
            silenced = _unheard(facts, recipient, since=since, until=until)
            if end.ends:
                silenced |= _news(facts, recipient, since=until - STALE_AFTER, until=until)
            owed_anyway = kinds_of(end, earlier, recipient)
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


def _unheard(
    facts: Mapping[str, FactHistory], recipient: Recipient, *, since: datetime, until: datetime
) -> dict[str, FactVersion]:
    """What was corrected or taken back since then, and who left, is missing or was found; of each the newest.

    Nothing takes the place of news of a wait, as newer news of where somebody is does: it is owed again
    however long the death stood.
    """
    versions = [
        (all(later.event.recorded_at > until for later in fact[position + 1 :]), version, kind)
        for fact in facts.values()
        for position, version in enumerate(fact)
        for kind in kinds_of(version, before(fact, position), recipient)
        if since < version.event.recorded_at <= until
        if is_corrected(kind) or is_retracted(kind) or _is_news_of_a_wait(version, recipient)
    ]
    ordered = sorted(versions, key=_stands_and_is_newest)
    return {kind: version for _, version, kind in ordered}


def _stands_and_is_newest(each: tuple[bool, FactVersion, str]) -> tuple[bool, datetime, UUID]:
    """News that stood comes last; corrections are told in the order in which they came."""
    stood, version, kind = each
    is_news = not (is_corrected(kind) or is_retracted(kind))
    return stood and is_news, version.event.recorded_at, version.event.event_id


def _is_news_of_a_wait(version: FactVersion, recipient: Recipient) -> bool:
    event = version.event
    return version.aspect != LOCATION and recipient.may_know(
        occurred_at=became_news_at(event), recorded_at=event.recorded_at
    )
