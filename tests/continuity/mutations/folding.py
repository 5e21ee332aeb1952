"""Bugs of the projections: corrections without effect or with too much, a cancel that nothing takes back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from services.pathway.domain import fold
from shared.stays import movements
from shared.stays.statements import Statement
from shared.stays.stays import FOR_EVER
from tests.continuity.mutations.patching import replaced


def correction_dropped() -> None:
    """Keep the first content of a movement, whatever corrections follow."""

    def history(stated: Iterable[Statement]) -> Any:
        known = list(stated)
        first = [statement for statement in known if statement.action != "update"]
        return plain(first or known)

    plain = replaced(movements, "history_of", history)


def cancelled_for_ever() -> None:
    """Keep a movement cancelled, whatever is stated of it later."""

    def history(stated: Iterable[Statement]) -> Any:
        known = list(stated)
        cancels = [statement.emitted_at for statement in known if statement.action == "cancel"]
        before = [statement for statement in known if not cancels or statement.emitted_at <= max(cancels)]
        return plain(before)

    plain = replaced(movements, "history_of", history)


def plans_are_facts() -> None:
    """Take what is dated ahead as having happened."""

    def never_ahead(*_: Any) -> datetime:
        return FOR_EVER

    replaced(fold, "end_of_past", never_ahead)


def update_erases() -> None:
    """Take what an update does not name as deleted."""

    def whole(stated: Sequence[Statement]) -> Any:
        return tuple(stated)

    replaced(movements, "_completed", whole)
