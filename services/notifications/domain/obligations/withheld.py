"""Derives the news that is owed again when what took its place is taken back.

Who was told that the person is elsewhere, or something newer, hears nothing older. Once that turns out not to
have taken place, or to be another person's, the newest of what stands is what is true.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from services.notifications.domain.obligations.catalogue import Recipient, is_retracted
from services.notifications.domain.obligations.statements import (
    LOCATION,
    NOTHING,
    FactHistory,
    FactVersion,
    before,
    kinds_of,
)
from shared.events.admission import Movement, MovementReassigned, PersonsMerged
from shared.events.envelope import RecordedEvent


class OwedAgain(NamedTuple):
    """News that an event makes worth telling, unless something newer stood then."""

    end: RecordedEvent
    version: FactVersion
    kind: str
    outdone_by: FactVersion | None


_TAKES_BACK: Final = (Movement, MovementReassigned)


def owed_after_retraction(facts: Mapping[str, FactHistory], recipient: Recipient) -> Iterator[OwedAgain]:
    """By each event that takes back where or who the person is, the newest news of each kind by then.

    Only the newest that stood then is told, if it was not. That there is one of each kind keeps what is owed
    from depending on the order in which events come.
    """
    for key, fact in facts.items():
        for position, end in enumerate(fact):
            if not (_is_reunion(fact, position) or _takes_back(fact, position, recipient)):
                continue
            others = [other for name, other in facts.items() if name != key]
            until = end.event.recorded_at
            newest = newest_standing(others, recipient, until=until)
            for kind, version in newest_of_each_kind(others, recipient, until=until).items():
                if newest is not None and newest.news is not None and newest.news.kind == kind:
                    yield OwedAgain(end.event, newest, kind, None)
                else:
                    yield OwedAgain(end.event, version, kind, newest)


def _takes_back(fact: FactHistory, position: int, recipient: Recipient) -> bool:
    """Whether it takes back where the person is."""
    end = fact[position]
    if not (end.ends or end.replaces) or not isinstance(end.event.data, _TAKES_BACK):
        return False
    return any(is_retracted(kind) for kind in kinds_of(end, before(fact, position), recipient))


def _is_reunion(fact: FactHistory, position: int) -> bool:
    """Whether two are one again: what was said to be another person's news is this person's after all."""
    version = fact[position]
    return isinstance(version.event.data, PersonsMerged) and any(each.ends for each in fact[:position])


def newest_standing(facts: list[FactHistory], recipient: Recipient, *, until: datetime) -> FactVersion | None:
    """What said last, of what held by then, where the person is."""
    standing = [each for fact in facts if (each := _standing(fact, until)) is not None]
    return max((each for each in standing if _concerns(each, recipient)), key=happened_at, default=None)


def newest_of_each_kind(
    facts: list[FactHistory], recipient: Recipient, *, until: datetime
) -> dict[str, FactVersion]:
    """The newest news of where the person is that was recorded by then, whether it held or not."""
    versions = [
        version
        for fact in facts
        for version in fact
        if version.event.recorded_at <= until and _concerns(version, recipient)
    ]
    return {
        version.news.kind: version
        for version in sorted(versions, key=happened_at)
        if version.news is not None
    }


def _standing(fact: FactHistory, until: datetime) -> FactVersion | None:
    """The version that held by what was recorded until then; `None` of a movement given away."""
    known = [version for version in fact if version.event.recorded_at <= until]
    last = max(known, key=lambda version: version.event.sequence, default=None)
    if last is None or last.reassigned is not None:
        return None
    return [version for version in known if version.reassigned is None][-1]


def _concerns(version: FactVersion, recipient: Recipient) -> bool:
    return version.aspect == LOCATION and may_be_told(version, recipient)


def may_be_told(version: FactVersion, recipient: Recipient) -> bool:
    """Whether it tells the recipient something, of the time of their membership."""
    event = version.event
    return version.said_to(recipient) != NOTHING and recipient.may_know(
        occurred_at=event.occurred_at, recorded_at=event.recorded_at
    )


def happened_at(version: FactVersion) -> tuple[datetime, tuple[datetime, bool, int]]:
    """Orders by what happened last."""
    return version.event.occurred_at, version.version
