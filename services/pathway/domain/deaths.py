"""Finds the deaths that were stated of a person: whatever was awaited then is awaited no more."""

from collections.abc import Iterable
from datetime import datetime

from shared.stays.movements import MovementHistory
from shared.stays.statements import Statement
from shared.stays.stays import Stay


def deaths_of(
    histories: Iterable[MovementHistory], stays: Iterable[Stay], *, at: datetime
) -> list[Statement]:
    """Every death that was stated: as a fact of its own, or as the way a stay ended.

    One dated after `at` is only a plan; a cancelled one is none, nor a discharge that another one corrects.
    """
    facts = (
        history.current
        for history in histories
        if history.current.kind == "death" and history.reassigned is None and not history.cancelled
    )
    ends = (
        each
        for stay in stays
        for each in stay.movements
        if each.kind == "discharge" and each.destination is not None and each.destination.mode == "death"
        if not stay.is_superseded(each)
    )
    return [each for each in (*facts, *ends) if each.occurred_at <= at]


def outlives(ended_at: datetime | None, death: datetime) -> bool:
    """Whether an expectation that ended then, or never, was open at the death, or was opened after it."""
    return ended_at is None or ended_at > death
