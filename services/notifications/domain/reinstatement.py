"""What is told again when a death turns out to be an error? What it had silenced of the day before."""

from collections.abc import Iterator, Mapping

from services.notifications.domain.audience import Recipient
from services.notifications.domain.catalogue import STALE_AFTER
from services.notifications.domain.facts import Fact
from services.notifications.domain.statements import LOCATION, NOTHING, Statement
from shared.events.envelope import RecordedEvent


def retold_after(
    facts: Mapping[str, Fact], recipient: Recipient
) -> Iterator[tuple[RecordedEvent, Statement]]:
    """For each cancelled death, the newest news of each kind that the death may have silenced.

    Where it was told after all, or is no longer the newest, nothing is sent twice: that is found out when
    the obligation is due.
    """
    for fact in facts.values():
        for end in (version for version in fact if version.death and version.ends):
            latest: dict[str, Statement] = {}
            for version in _silenced(facts, end, recipient):
                if version.news is not None:
                    latest[version.news.kind] = version
            for version in latest.values():
                yield end.event, version


def _silenced(facts: Mapping[str, Fact], end: Statement, recipient: Recipient) -> list[Statement]:
    since = end.event.recorded_at - STALE_AFTER
    versions = [
        version
        for fact in facts.values()
        for version in fact
        if version.aspect == LOCATION
        and version.said_to(recipient) != NOTHING
        and version.event.occurred_at > since
    ]
    return sorted(versions, key=lambda version: (version.event.occurred_at, version.version))
