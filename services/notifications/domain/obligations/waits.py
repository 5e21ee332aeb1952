"""Derives what a desk is owed again when pathway takes back what ended a wait (decision 0053).

An entry gave way to the end of the wait, and so did the departure. Once that end does not hold any more, the
entry and the departure may: whether they do, and whether the desk was told after all, is found out as ever.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.notifications.domain.obligations.catalogue import ENTRIES, Recipient, is_retracted
from services.notifications.domain.obligations.statements import Facts, FactVersion, before, kinds_of
from services.notifications.domain.obligations.withheld import (
    OwedAgain,
    happened_at,
    may_be_told,
    newest_of_each_kind,
    newest_standing,
)
from shared.events.pathway import (
    ExpectationEvent,
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
)


def owed_after_wait(facts: Facts, desk: Recipient) -> Iterator[OwedAgain]:
    """By each statement that takes back an end of a wait: the newest entry; if it is open, the departure."""
    for key, fact in facts.items():
        for position, version in enumerate(fact):
            stated = version.event.data
            if not isinstance(stated, ExpectationEvent):
                break
            until = version.event.recorded_at
            if any(is_retracted(kind) for kind in kinds_of(version, before(fact, position), desk)):
                others = [other for name, other in facts.items() if name != key]
                newest = newest_standing(others, desk, until=until)
                for kind, entry in newest_of_each_kind(others, desk, until=until).items():
                    if kind not in ENTRIES:
                        continue
                    if newest is not None and newest.news is not None and newest.news.kind == kind:
                        yield OwedAgain(version.event, newest, kind, None)
                    else:
                        yield OwedAgain(version.event, entry, kind, newest)
            if isinstance(stated, ExpectationOpened) and _ended_before(version, fact):
                departure = facts.get(f"movement:{stated.departure_movement_id}", ())
                told = _departure_told(departure, desk, until=until)
                if told is not None:
                    yield OwedAgain(version.event, told, "transfer.departed", None)


def _ended_before(opening: FactVersion, fact: Iterable[FactVersion]) -> bool:
    """Whether it opens the wait again."""
    return any(
        isinstance(each.event.data, ExpectationMet | ExpectationWithdrawn)
        and each.event.sequence < opening.event.sequence
        for each in fact
    )


def _departure_told(
    departure: Iterable[FactVersion], desk: Recipient, *, until: datetime
) -> FactVersion | None:
    """The newest that the desk was to be told of it by then."""
    known = [
        each
        for each in departure
        if each.event.recorded_at <= until
        and each.news is not None
        and each.news.kind == "transfer.departed"
        and may_be_told(each, desk)
    ]
    return max(known, key=happened_at, default=None)
