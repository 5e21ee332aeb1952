"""What is told again when a death turns out to be an error? What it had silenced.

News of the day before, and whatever corrects or takes back what was told: for each kind the newest that was
recorded by then. Where it was told after all, or is no longer the newest, nothing is sent twice: that is
found out when it is due. An event owes a recipient one obligation of each kind, so of two corrections of
the same kind that a death silenced only the newer one is told.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.notifications.domain.audience import Recipient
from services.notifications.domain.catalogue import STALE_AFTER
from services.notifications.domain.facts import Fact
from services.notifications.domain.kinds import is_corrected, is_retracted
from services.notifications.domain.statements import LOCATION, NOTHING, Statement
from services.notifications.domain.versions import kinds_of
from shared.events.envelope import RecordedEvent


def retold_after(
    facts: Mapping[str, Fact], recipient: Recipient
) -> Iterator[tuple[RecordedEvent, Statement, str]]:
    """For each version that ends a death: the event that owes it, the statement that is told, the kind.

    A cancel leaves the person where they were, which is told; an update says itself where they are.
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
    facts: Mapping[str, Fact], recipient: Recipient, *, since: datetime, until: datetime
) -> dict[str, Statement]:
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
    facts: Mapping[str, Fact], recipient: Recipient, *, since: datetime, until: datetime
) -> dict[str, Statement]:
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
