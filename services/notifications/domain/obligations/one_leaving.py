"""Finds the movements of one leaving: a transfer and the discharge to the same place that closes the stay."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.notifications.domain.obligations.catalogue import STALE_AFTER, Recipient
from services.notifications.domain.obligations.statements import LOCATION, NOTHING, Facts, FactVersion
from shared.events.admission import is_movement


def same_leaving(version: FactVersion, desk: Recipient, facts: Facts) -> Iterator[FactVersion]:
    """Other movements that stand and tell the desk of the same leaving.

    They are of one stay, and nothing else of it lies between them.
    """
    others = list(_others_of_the_stay(version, facts))
    departures = [each for each in others if each.aspect != LOCATION and is_told(each, desk)]
    between = [each for each in others if each not in departures]
    for departure in departures:
        ends = sorted((departure, version), key=when)
        if not any(_lies_between(each, ends) for each in between):
            yield departure


def _others_of_the_stay(version: FactVersion, facts: Facts) -> Iterator[FactVersion]:
    stated = version.event.data
    for key, fact in facts.items():
        other = fact[-1].event.data
        if key == version.fact_key or fact[-1].ends or not (is_movement(stated) and is_movement(other)):
            continue
        if other.stay_id == stated.stay_id:
            yield fact[-1]


def _lies_between(version: FactVersion, ends: Sequence[FactVersion]) -> bool:
    return when(ends[0]) < when(version) < when(ends[1])


def is_told(version: FactVersion, desk: Recipient) -> bool:
    """Whether the desk may know it, and it is not too old to be told."""
    event = version.event
    known = desk.may_know(occurred_at=event.occurred_at, recorded_at=event.recorded_at)
    is_new = event.recorded_at - event.occurred_at <= STALE_AFTER
    return known and is_new and version.said_to(desk) != NOTHING


def when(version: FactVersion) -> tuple[datetime, int]:
    """Orders by what happened first."""
    return version.event.occurred_at, version.event.sequence
