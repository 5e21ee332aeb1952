"""Gathers everything that is known of a person into the histories of facts."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from services.notifications.domain.obligations.arrivals import version_of_arrival
from services.notifications.domain.obligations.returns import version_of_return
from services.notifications.domain.obligations.separations import version_of_merge
from services.notifications.domain.obligations.statements import (
    FactHistory,
    FactVersion,
    in_order_of_attribution,
    version_of_movement,
    version_of_reassignment,
)
from shared.events.admission import MERGE_EVENTS, Movement, MovementReassigned, is_movement
from shared.events.envelope import RecordedEvent
from shared.events.pathway import ExpectationEvent, FurtherExpectationStated
from shared.stays.completions import Meant, completions
from shared.stays.stays import CLASSES_WITHOUT_BED


def facts_of(events: Iterable[RecordedEvent]) -> Mapping[str, FactHistory]:
    """Every fact by its key; an event that came twice counts once."""
    known = list(events)
    # Of all that was ever stated, cancelled or not: more events never take an obligation away.
    without_bed = {
        each.data.stay_id
        for each in known
        if is_movement(each.data)
        and each.data.kind == "admission"
        and each.data.class_of_stay in CLASSES_WITHOUT_BED
    }
    versions = (version_of(each, began_without_bed=without_bed) for each in completions(known))
    stated = [version for version in versions if version is not None]
    facts: dict[str, list[FactVersion]] = {}
    for version in sorted(stated, key=lambda version: version.version):
        facts.setdefault(version.fact_key, []).append(version)
    for key, fact in facts.items():
        if fact[0].reassigned is not None:
            facts[key] = in_order_of_attribution(fact)
    return facts


def version_of(meant: Meant, *, began_without_bed: Collection[UUID]) -> FactVersion | None:
    """The version that an event states; `None` when nobody ever has to be told of it."""
    event = meant.event
    if isinstance(event.data, Movement):
        return version_of_movement(
            event, event.data, began_without_bed=began_without_bed, by_all=meant.by_all
        )
    if isinstance(event.data, MovementReassigned):
        return version_of_reassignment(event, event.data)
    if isinstance(event.data, MERGE_EVENTS):
        return version_of_merge(event, event.data)
    if isinstance(event.data, FurtherExpectationStated):
        return version_of_return(event, event.data)
    return version_of_arrival(event, event.data) if isinstance(event.data, ExpectationEvent) else None
