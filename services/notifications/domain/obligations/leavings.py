"""Finds who left without having stayed: the end of a stay without a bed is no leaving to tell carers of."""

from collections.abc import Mapping, Sequence

from services.notifications.domain.obligations.statements import FactHistory, FactVersion
from shared.events.admission import is_movement
from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.stays.stays import stays_of


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
    """The facts of leaving a stay that holds no bed, by what is known of the whole stay."""
    return frozenset(
        f"movement:{movement.movement_id}"
        for stay in stays_of(movement_histories(events))
        if not stay.holds_bed
        for movement in stay.movements
        if movement.kind == "discharge"
    )
