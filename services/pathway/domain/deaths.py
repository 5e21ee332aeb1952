"""Finds the deaths that were stated of a person: whatever was awaited then is awaited no more."""

from collections.abc import Collection
from datetime import datetime

from shared.stays.statements import Statement
from shared.stays.stays import Stay


def deaths_of(stays: Collection[Stay]) -> list[Statement]:
    """Every death that was stated: as a fact of its own, or as the way a stay ended.

    One that is only planned, as yet, is none; nor is a discharge that another one corrects.
    """
    facts = [death for stay in stays for death in stay.deaths]
    ends = [
        each
        for stay in stays
        for each in stay.movements
        if each.destination is not None
        and each.destination.mode == "death"
        and each.kind == "discharge"
        and not stay.is_superseded(each)
    ]
    return facts + ends


def outlives(ended_at: datetime | None, death: datetime) -> bool:
    """Whether an expectation that ended then, or never, was open at the death, or was opened after it."""
    return ended_at is None or ended_at > death
