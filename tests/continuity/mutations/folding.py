"""Bugs of the projections: a correction without effect."""

from collections.abc import Iterable
from typing import Any

from shared.stays import movements
from shared.stays.statements import Statement
from tests.continuity.mutations.patching import replaced


def correction_dropped() -> None:
    """Keep the first content of a movement, whatever corrections follow."""

    def history(stated: Iterable[Statement]) -> Any:
        known = list(stated)
        first = [statement for statement in known if statement.action != "update"]
        return plain(first or known)

    plain = replaced(movements, "history_of", history)
