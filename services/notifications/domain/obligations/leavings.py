"""Finds who left without having stayed: the end of a stay without a bed is no leaving to tell carers of."""

from collections.abc import Sequence

from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.stays.stays import stays_of


def left_without_bed(events: Sequence[RecordedEvent]) -> frozenset[str]:
    """The facts of leaving a stay that holds no bed, by what is known of the whole stay."""
    return frozenset(
        f"movement:{movement.movement_id}"
        for stay in stays_of(movement_histories(events))
        if not stay.holds_bed
        for movement in stay.movements
        if movement.kind == "discharge"
    )
