"""Bugs of the projections: a correction without effect."""

from typing import Any

from services.pathway.domain import movements
from shared.events.admission import MovementUpdated
from tests.continuity.mutations.patching import replaced


def correction_dropped() -> None:
    """Keep the first content of a movement, whatever corrections follow."""

    def history(movement_id: Any, stated: list[Any]) -> Any:
        first = [pair for pair in stated if not isinstance(pair[1], MovementUpdated)]
        return plain(movement_id, first or stated)

    plain = replaced(movements, "_history", history)
