"""Finds who left without having stayed: the end of a stay without a bed is no leaving to tell carers of."""

from collections.abc import Mapping, Sequence

from services.notifications.domain.obligations.statements import FactHistory, FactVersion
from shared.events.admission import is_movement
from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.stays.statements import Statement
from shared.stays.stays import Stay, holds_bed, stays_of


def had_a_bed(version: FactVersion, facts: Mapping[str, FactHistory]) -> bool:
    """Whether the person had moved to a bed of the same stay before: carers know that they stay there."""
    moved = version.event.data
    others = (fact[-1] for key, fact in facts.items() if key != version.fact_key)
    return any(
        is_movement(moved)
        and is_movement(other.event.data)
        and other.event.data.stay_id == moved.stay_id
        and other.event.data.kind != "discharge"
        and other.news is not None
        and other.news.audience.carers
        and not other.ends
        and other.event.occurred_at < version.event.occurred_at
        for other in others
    )


def left_without_bed(events: Sequence[RecordedEvent]) -> frozenset[str]:
    """The facts of leaving where there was no bed since the entry, by what is known of the whole stay.

    Who had one and went on as an outpatient was never said to have left: the discharge says it.
    """
    return frozenset(
        f"movement:{movement.movement_id}"
        for stay in stays_of(movement_histories(events))
        for movement in stay.movements
        if movement.kind == "discharge" and not _had_bed_since_entry(stay, movement)
    )


def _had_bed_since_entry(stay: Stay, discharge: Statement) -> bool:
    began = [span.began_at for span in stay.presences.spans if span.began_at <= discharge.occurred_at]
    if not began:
        return holds_bed(stay.class_of_stay)
    return any(began[-1] <= bed.began_at <= discharge.occurred_at for bed in stay.in_bed)
