"""The table of rules: what one member is to be told of one statement."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple
from uuid import UUID

from services.notifications.domain.audit.member import AuditedMember
from shared.events.admission import Mode, Movement, MovementUpdated, PersonsMerged
from shared.events.envelope import Payload
from shared.events.pathway import (
    ExpectationMet,
    ExpectationWithdrawn,
    FurtherExpectationStated,
    RuptureClosed,
    RuptureOpened,
)

ADMITTED: Final = "admission.occurred"
DEPARTED: Final = "transfer.departed"
ARRIVED: Final = "transfer.arrived"
OVERDUE: Final = "transfer.overdue"
ENDED: Final[Mapping[str | None, str]] = {
    "elsewhere": "transfer.elsewhere",
    "returned": "transfer.returned",
    "closed": "transfer.closed",
}
"""How the wait for a person ended without the arrival, and as what both ends hear of it."""
DISCHARGED: Final = "discharge.occurred"
AT_HOME: Final = "care.at_home"
LOST: Final = "return.overdue"
BACK_OR_GONE: Final = "return.ended"
"""After somebody did not come back from a leave in time, that nobody waits any more."""
OF_WAITS: Final = (OVERDUE, LOST, *ENDED.values())
"""What pathway alone finds out; no movement states it."""
ONE_PERSON: Final = "person.merged"

_PLACES: Final = (ADMITTED, ARRIVED, DISCHARGED, AT_HOME)
_WITHOUT_BED: Final = ("outpatient", "recurring", "telemonitoring")

_LEAVING: Final = ("transfer", "discharge")
_BETWEEN_ESTABLISHMENTS: Final[frozenset[Mode]] = frozenset({"transfer", "mutation"})


class Ever(NamedTuple):
    """Stays by what was ever said of them: more statements never take one away."""

    without_bed: Collection[UUID] = ()
    """Said to begin without a bed."""
    discharged: Collection[UUID] = ()


def news_for(payload: Payload, member: AuditedMember, *, ever: Ever) -> str | None:
    """The kind of news that the statement is for this member; `None` when they are not told of it.

    A move to a bed of a stay that began without one is an admission to who was not told of that beginning; a
    return to a stay that somebody was discharged from, to whom an admission would be told.
    """
    match payload:
        case Movement() if _leaves_open(payload):
            kind = None
        case Movement(kind="admission"):
            kind = _of_entry(payload, member, arrived=_comes_from_elsewhere(payload))
        case Movement(kind="transfer", stay_id=stay) if stay in ever.without_bed and _stays_in_a_bed(payload):
            kind = ADMITTED if member.role == "carer" else None
        case Movement(kind="return", stay_id=stay) if stay in ever.discharged:
            kind = _of_entry(payload, member, arrived=False)
        case Movement():
            kind = _of_leaving(payload, member)
        case PersonsMerged():
            kind = ONE_PERSON
        case ExpectationMet():
            kind = ARRIVED if member.establishment == payload.from_establishment else None
        case RuptureOpened() | RuptureClosed() | ExpectationWithdrawn():
            ends = (payload.from_establishment, payload.to_establishment)
            kind = _of_a_wait(payload) if member.establishment in ends else None
        case FurtherExpectationStated(kind="return", state="overdue" | "met" | "met_late" | "ended"):
            kind = LOST if member.establishment == payload.establishment else None
        case _:
            kind = None
    return kind


def _leaves_open(movement: Movement) -> bool:
    """Whether it is an update that leaves as it was what nobody knows yet."""
    return isinstance(movement, MovementUpdated) and movement.names is not None


def _of_a_wait(payload: RuptureOpened | RuptureClosed | ExpectationWithdrawn) -> str | None:
    match payload:
        case ExpectationWithdrawn():
            return ENDED.get(payload.ended_as)
        case RuptureClosed(reason="withdrawn", ended_as=how) if how not in ENDED:
            return None
        case _:
            return OVERDUE


def tells_of_place(kind: str) -> bool:
    """Whether a message of this kind says where the person is."""
    return kind.startswith(_PLACES)


def goes_to(movement: Movement) -> str | None:
    """The other establishment for which the person left, if any; only its professionals are told."""
    to = movement.destination
    if movement.kind not in _LEAVING or to is None or to.establishment == movement.establishment:
        return None
    return to.establishment if movement.kind == "transfer" or to.mode in _BETWEEN_ESTABLISHMENTS else None


def tells_of_death(payload: Payload) -> bool:
    """Whether it states a death, which a doctor tells, never a message."""
    if not isinstance(payload, Movement) or payload.kind not in (*_LEAVING, "death"):
        return False
    if payload.kind == "death":
        return True
    return payload.destination is not None and payload.destination.mode == "death"


def _of_entry(movement: Movement, member: AuditedMember, *, arrived: bool) -> str | None:
    if member.role == "carer" and movement.class_of_stay in _WITHOUT_BED:
        return None  # nobody stays there
    if arrived and member.role != "carer":
        return None  # professionals are told when the wait ends
    if member.establishment == movement.establishment:
        return None
    if movement.class_of_stay == "home":
        return AT_HOME
    return ARRIVED if arrived else ADMITTED


def stay_without_bed(payload: Payload) -> UUID | None:
    """The stay that this admission says to begin without a bed, if it does."""
    if isinstance(payload, Movement) and payload.kind == "admission":
        return payload.stay_id if payload.class_of_stay in (*_WITHOUT_BED, "home") else None
    return None


def _stays_in_a_bed(movement: Movement) -> bool:
    if tells_of_death(movement) or goes_to(movement) is not None:
        return False
    return movement.class_of_stay in ("emergency", "inpatient")


def _of_leaving(movement: Movement, member: AuditedMember) -> str | None:
    if tells_of_death(movement):
        return None
    to = goes_to(movement)
    if to is not None:
        return DEPARTED if member.establishment == to else None
    if movement.kind != "discharge":
        return None  # within the establishment, or the person will be back
    return DISCHARGED if member.establishment != movement.establishment else None


def _comes_from_elsewhere(movement: Movement) -> bool:
    origin = movement.origin
    if origin is None:
        return False
    if origin.establishment is None:
        return origin.mode in _BETWEEN_ESTABLISHMENTS
    return origin.establishment != movement.establishment
