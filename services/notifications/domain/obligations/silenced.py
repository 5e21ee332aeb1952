"""Derives what is owed again when a stated death was an error, or another person's."""

from collections.abc import Iterator, Mapping
from datetime import datetime

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
    before,
    kinds_of,
)
from shared.events.envelope import RecordedEvent


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
            earlier = before(fact, position)
            deaths = [version for version in (*earlier, end) if version.death]
            if not deaths or (end.death and not end.ends) or end.reassigned == "merged":
                continue
            until = end.event.recorded_at
            since = min(death.event.recorded_at for death in deaths) - STALE_AFTER
            silenced = _corrections(facts, recipient, since=since, until=until)
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


def _corrections(
    facts: Mapping[str, FactHistory], recipient: Recipient, *, since: datetime, until: datetime
) -> dict[str, FactVersion]:
    """What was corrected or taken back since then, the newest of each kind."""
    versions = [
        (version, kind)
        for fact in facts.values()
        for position, version in enumerate(fact)
        for kind in kinds_of(version, before(fact, position), recipient)
        if (is_corrected(kind) or is_retracted(kind)) and since < version.event.recorded_at <= until
    ]
    ordered = sorted(versions, key=lambda each: (each[0].event.recorded_at, each[0].event.event_id))
    return {kind: version for version, kind in ordered}
