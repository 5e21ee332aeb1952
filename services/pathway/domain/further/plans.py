"""Says which facts meet a plan of a stay, or end it: a plan itself is never one (decision 0043)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.pathway.domain.pathway import FurtherExpectation
from shared.stays.statements import Statement
from shared.stays.stays import Stay

PLANNED: Final = {
    "planned_admission": "admission",
    "planned_transfer": "transfer",
    "planned_discharge": "discharge",
}
"""Kind of a plan -> what it expects."""
_EARLY: Final = timedelta(days=1)
"""What happened this long before a plan may still be what was planned: plans are written down late."""


def met_by(plan: Statement, stays: Iterable[Stay]) -> Statement | None:
    """The first fact that is what was planned."""
    found = (each for stay in stays for each in stay.movements if _meets(plan, each, stay))
    return min(found, key=lambda each: (each.stay_id != plan.stay_id, each.timeline_key), default=None)


def met_elsewhere(expectations: Iterable[FurtherExpectation], stays: Iterable[Stay]) -> Mapping[UUID, UUID]:
    """Plans of admissions that were met under another stay's number -> their own stay, which never begins.

    Of a stay with another plan that stands, none.
    """
    planned = {stay.stay_id for stay in stays if stay.planned}
    plans = [
        each
        for each in expectations
        if each.kind == "admission" and not each.withdrawn and each.stay_id in planned
    ]
    awaited = {each.stay_id for each in plans if not each.met}
    return {each.movement_id: each.stay_id for each in plans if each.stay_id not in awaited}


def ended_by(plan: Statement, stays: Iterable[Stay]) -> Statement | None:
    """The end of the stay, after which nobody is moved within it any more."""
    if plan.kind != "planned_transfer":
        return None
    found = (
        each
        for stay in stays
        if stay.stay_id == plan.stay_id
        for each in stay.movements
        if each.kind == "discharge" and _is_near(plan, each)
    )
    return min(found, key=lambda each: each.timeline_key, default=None)


def _meets(plan: Statement, fact: Statement, stay: Stay) -> bool:
    same_stay = fact.stay_id == plan.stay_id
    match plan.kind:
        case "planned_admission":
            # The stay may have got another number when it began.
            return fact.kind == "admission" and (
                same_stay or (fact.establishment == plan.establishment and _is_about(plan, fact))
            )
        case "planned_transfer":
            return same_stay and _is_near(plan, fact) and _goes_there(plan, fact, stay)
        case _:
            return same_stay and (fact.kind == "discharge" or fact.departs) and _is_near(plan, fact)


def _goes_there(plan: Statement, fact: Statement, stay: Stay) -> bool:
    """Whether the person leaves for the planned establishment; where none is planned, leaves the unit."""
    to = None if plan.destination is None else plan.destination.establishment
    if to not in (None, plan.establishment):
        return fact.destination_elsewhere == to
    if fact.kind != "transfer" or fact.departs or fact.unit is None:
        return fact.kind == "transfer"
    before = [each.unit for each in stay.movements if each.timeline_key < fact.timeline_key and each.unit]
    return not before or before[-1] != fact.unit


def _is_near(plan: Statement, fact: Statement) -> bool:
    """Whether it happened since it was planned, or shortly before."""
    planned_for = plan.expected_at or plan.occurred_at
    return fact.occurred_at >= min(plan.occurred_at, planned_for) - _EARLY


def _is_about(plan: Statement, fact: Statement) -> bool:
    """Whether it happened within a day of the hour that was planned."""
    return plan.expected_at is not None and abs(fact.occurred_at - plan.expected_at) <= _EARLY
