"""Says since when a person is dead, as far as is known: whatever was awaited then is awaited no more."""

from collections.abc import Iterable
from datetime import datetime

from shared.stays.movements import MovementHistory
from shared.stays.stays import Stay


def died_at(histories: Iterable[MovementHistory], stays: Iterable[Stay], *, at: datetime) -> datetime | None:
    """The first death that was stated, by whomever: as a fact of its own, or as the way a stay ended.

    One dated after `at` is only a plan; a cancelled one is none, nor a discharge that another one corrects.
    """
    facts = (
        history.current.occurred_at
        for history in histories
        if history.current.kind == "death" and history.reassigned is None and not history.cancelled
    )
    ends = (
        each.occurred_at
        for stay in stays
        for each in stay.movements
        if each.kind == "discharge" and each.destination is not None and each.destination.mode == "death"
        if "discharge_superseded" not in stay.presences.marks.get(each.movement_id, ())
    )
    return min((moment for moment in (*facts, *ends) if moment <= at), default=None)


def outlives(ended_at: datetime | None, death: datetime) -> bool:
    """Whether a wait that ended then, or never, was open at the death, or was opened after it."""
    return ended_at is None or ended_at > death
