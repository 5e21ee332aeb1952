"""Bugs of the projections: a correction that changes nothing."""

from typing import Any

from services.pathway.domain import movements
from shared.events.admission import MovementUpdated
from tests.continuity.mutations.patching import replaced


def correction_dropped() -> None:
    """The first content of a movement stays, whatever its establishment says later."""

    def history(movement_id: Any, stated: list[Any]) -> Any:
        first = [pair for pair in stated if not isinstance(pair[1], MovementUpdated)]
        return plain(movement_id, first or stated)

    plain = replaced(movements, "_history", history)
