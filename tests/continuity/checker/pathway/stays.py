"""Computes a person's stays from their movements, by the checker's own rules.

Nobody is in an emergency department once another stay there keeps them, in a bed or in it, again: when it
first does, after everything that was stated of the emergency stay, is its end, if it has no other (0035). A
class is that of the time from when it is stated on; before the first one, the first one (0059).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tests.continuity.checker.pathway.fold import ExpectedArrival, Movement

NO_BED: Final = ("outpatient", "recurring", "home", "telemonitoring")
ENTRIES: Final = ("admission", "return")
_EXITS: Final = ("discharge", "leave")


@dataclass(frozen=True, kw_only=True)
class Stay:
    """A person's time in one establishment."""

    stay_id: str
    establishment: str
    status: str
    started_at: datetime
    ended_at: datetime | None


def stays_of(movements: Iterable[Movement], arrivals: Iterable[ExpectedArrival]) -> dict[str, Stay]:
    """Stay id -> stay of one person; `movements` in the order of occurrence."""
    by_stay: dict[str, list[Movement]] = defaultdict(list)
    movements_known = list(movements)
    for each in movements_known:
        by_stay[each.stay_id].append(each)
    arrived = {(wait.departure, wait.departed_at) for wait in arrivals if wait.arrived_at or wait.ended_at}
    for stay_id, stated in by_stay.items():
        by_stay[stay_id] = [*as_lived(stated), *(each for each in stated if not each.happened)]
    stays = {stay_id: _stay(stay, arrived) for stay_id, stay in by_stay.items()}
    died_at = dead_since(movements_known, by_stay)
    for stay_id, movements_there in by_stay.items():
        if stays[stay_id].status == "planned" and _came_as_planned(movements_there, movements_known, died_at):
            stays[stay_id] = replace(stays[stay_id], status="cancelled")
        again = _admitted_again([each for each in movements_there if each.happened], by_stay)
        if stays[stay_id].status == "on_leave" and _is_back(movements_there, by_stay):
            stays[stay_id] = replace(stays[stay_id], status="in_progress")
        if stays[stay_id].status == "on_the_way" and died_at is not None:
            stays[stay_id] = replace(stays[stay_id], status="finished")
        if stays[stay_id].status in ("in_progress", "on_leave") and again is not None:
            stays[stay_id] = replace(stays[stay_id], status="finished", ended_at=again)
    return stays


def as_lived(stay: Iterable[Movement]) -> list[Movement]:
    """What happened, in its order: who was there enters after the exit of one minute, and before a death."""
    known = [each for each in stay if each.happened]
    admitted = next((place for place, each in enumerate(known) if each.kind == "admission"), 0)
    late = [each for each in known[:admitted] if each.kind == "discharge" and each.says_dead]
    known = [each for each in known if each not in late]
    gone = next((place for place, each in enumerate(known) if _goes(each)), len(known))
    known[gone:gone] = late
    order: list[Movement] = []
    while known:
        now = [each for each in known if each.occurred_at == known[0].occurred_at]
        now = sorted(now, key=lambda each: (each.order[1], each.stated))
        exits = [each for each in now if _goes(each) and not each.says_dead]
        after = [each for each in now if exits and each.kind in ENTRIES and _is_again(each, order, exits)]
        order += [*(each for each in now if each not in after), *after]
        known = [each for each in known if each not in now]
    return order


def _goes(movement: Movement) -> bool:
    return movement.kind == "discharge" or movement.departs


def _is_again(entry: Movement, before: Sequence[Movement], exits: Sequence[Movement]) -> bool:
    """Whether the person was there, and neither out on leave nor, as stated, on the way to another class."""
    known = [each for each in before if _goes(each) or each.kind != "transfer"]
    if not known or _goes(known[-1]):
        return False
    if entry.kind == "return":
        return known[-1].kind != "leave"
    held, stated = class_of(before), entry.event.data.get("class_of_stay")
    return stated in (None, held) or all(entry.stated > each.stated for each in exits)


def dead_since(movements: Iterable[Movement], stays: Mapping[str, Sequence[Movement]]) -> datetime | None:
    """The earliest death that stands; a discharge that was corrected states none."""
    deaths = [each.occurred_at for each in movements if each.says_dead and each.kind != "discharge"]
    for stay in stays.values():
        active = [each for each in stay if each.happened]
        for place, each in enumerate(active):
            if each.says_dead and not is_corrected(each, active, place):
                deaths.append(each.occurred_at)
    return min(deaths, default=None)


def _is_back(stay: Sequence[Movement], others: Mapping[str, Sequence[Movement]]) -> bool:
    """Whether who is on leave died, as this stay says, or took a bed there under another number since."""
    if any(each.says_dead for each in stay):
        return True
    left_at = max(each.occurred_at for each in stay if each.kind == "leave" and each.happened)
    for stay_id, other in others.items():
        there = [each for each in other if each.happened]
        is_other = stay_id != stay[0].stay_id and any(each.kind == "admission" for each in there)
        is_there = is_other and there[0].establishment == stay[0].establishment
        if is_there and any(each.occurred_at >= left_at and takes_bed(each, there) for each in there):
            return True
    return False


def takes_bed(seen: Movement, stay: Sequence[Movement]) -> bool:
    """Whether it is an admission to a bed, or the move by which who came without one is kept."""
    if class_at(stay, seen.occurred_at) in NO_BED:
        return False
    if seen.kind != "transfer" or seen.departs:
        return seen.kind == "admission"
    place = stay.index(seen)
    return place > 0 and class_at(stay, stay[place - 1].occurred_at) in NO_BED


def _came_as_planned(
    stay: Iterable[Movement], everything: Sequence[Movement], died_at: datetime | None
) -> bool:
    """Whether all planned admissions of a stay took place, alive, under the number of another one."""
    plans = [
        (each, datetime.fromisoformat(said))
        for each in stay
        if each.kind == "planned_admission" and not (each.cancelled or each.planned)
        if (said := each.event.data.get("expected_at")) is not None
    ]
    admissions = [each for each in everything if each.kind == "admission" and each.happened]
    found = [
        min(
            (
                each.order
                for each in admissions
                if each.establishment == plan.establishment
                and abs(each.occurred_at - expected) <= timedelta(days=1)
            ),
            default=None,
        )
        for plan, expected in plans
    ]
    return bool(found) and all(by is not None and (died_at is None or by[0] <= died_at) for by in found)


def _admitted_again(stay: Sequence[Movement], others: Mapping[str, Sequence[Movement]]) -> datetime | None:
    """When another stay first kept the person there after all of an emergency stay, if any did."""
    if class_of(stay) != "emergency":
        return None
    after = max(each.occurred_at for each in stay)
    was_there = _there_since(stay) < after
    kept = [
        since
        for stay_id, other in others.items()
        if stay_id != stay[0].stay_id and other[0].establishment == stay[-1].establishment
        if (since := _kept_since([each for each in other if each.happened], after, was_there)) is not None
    ]
    return min(kept, default=None)


def _there_since(stay: Sequence[Movement]) -> datetime:
    """When the person who is there came last."""
    start = next((place for place, each in enumerate(stay) if each.kind == "admission"), 0)
    since: datetime | None = None
    for place, each in enumerate(stay[start:], 1):
        left, _, _ = _leaving(stay[start:], place)
        since = (since or each.occurred_at) if left is None else None
    return since or stay[-1].occurred_at


def _kept_since(stay: Sequence[Movement], after: datetime, was_there: bool) -> datetime | None:
    """When they first came under a class that keeps them after that; nothing without a known admission.

    Who was in the emergency before may take a bed at that very moment.
    """
    start = next((place for place, each in enumerate(stay) if each.kind == "admission"), len(stay))
    since_admission, was_kept = stay[start:], False
    for count, each in enumerate(since_admission, 1):
        left, _, _ = _leaving(since_admission, count)
        held = class_at(stay, each.occurred_at)
        is_kept = left is None and held in ("emergency", "inpatient")
        is_later = each.occurred_at > after or (
            was_there and each.occurred_at == after and held == "inpatient"
        )
        if is_kept and not was_kept and is_later:
            return each.occurred_at
        was_kept = is_kept
    return None


def class_at(stay: Iterable[Movement], moment: datetime) -> str | None:
    """The class that held then, by all that is stated of the stay."""
    stated = _classes(stay)
    by_then = [named for at, named in stated if at <= moment]
    return by_then[-1] if by_then else next((named for _, named in stated), None)


def class_of(stay: Iterable[Movement]) -> str | None:
    """The newest class that was stated of the stay."""
    return next((named for _, named in reversed(_classes(stay))), None)


def _classes(stay: Iterable[Movement]) -> list[tuple[datetime, str]]:
    """Since when which class was stated; what a corrected discharge says counts for nothing."""
    active = [each for each in stay if each.happened]
    return [
        (each.occurred_at, str(named))
        for place, each in enumerate(active)
        if (named := each.event.data.get("class_of_stay"))
        if each.kind != "discharge" or not is_corrected(each, active, place)
    ]


def _stay(movements: Sequence[Movement], arrived: set[tuple[str, datetime]]) -> Stay:
    active = [each for each in movements if each.happened]
    known = active or [each for each in movements if not each.cancelled] or list(movements)
    start = next((each for each in known if each.kind == "admission"), known[0])
    left, discharged, is_out = _leaving(active[active.index(start) :] if active else ())
    if not active and any(each.mentions for each in movements):
        return _of_little(movements)
    return Stay(
        stay_id=start.stay_id,
        establishment=start.establishment,
        status=_status(known, left, arrived, discharged=discharged, is_out=is_out),
        started_at=start.occurred_at,
        ended_at=left.occurred_at if left else None,
    )


def _of_little(movements: Sequence[Movement]) -> Stay:
    """A stay in which something took place, and nothing that says where the person is."""
    took_place = [each for each in movements if each.mentions]
    died_at = next((each.occurred_at for each in took_place if each.says_dead), None)
    return Stay(
        stay_id=took_place[0].stay_id,
        establishment=took_place[0].establishment,
        status="unknown" if died_at is None else "finished",
        started_at=took_place[0].occurred_at,
        ended_at=died_at,
    )


def _leaving(movements: Sequence[Movement], count: int | None = None) -> tuple[Movement | None, bool, bool]:
    """By what the person left last, if not there after so many, and whether a discharge was stated since.

    Last, whether the person is out on leave: who was there went, and did not return, enter or exit since.
    """
    left: Movement | None = None
    discharged = is_out = False
    for place, each in enumerate(movements[:count]):
        if each.kind in ENTRIES or (each.kind not in _EXITS and not (each.departs or discharged)):
            left, discharged = None, False
            is_out = is_out and each.kind not in ENTRIES
        elif each.kind == "discharge":
            if is_corrected(each, movements, place):
                continue
            left, discharged, is_out = left or each, True, False
        elif each.departs and not discharged:
            left, is_out = left or each, False
        elif each.kind == "leave":
            is_out = left is None
    return left, discharged, is_out


def is_corrected(discharge: Movement, movements: Sequence[Movement], place: int) -> bool:
    """Whether another discharge of the same presence was stated after it."""
    entries = [at for at, each in enumerate(movements) if each.kind in ENTRIES]
    since = max((at for at in entries if at < place), default=-1)
    until = min((at for at in entries if at > place), default=len(movements))
    others = [each for each in movements[since + 1 : until] if each.kind == "discharge"]
    return discharge is not max(others, key=lambda each: each.stated)


def _status(
    known: Sequence[Movement],
    left: Movement | None,
    arrived: set[tuple[str, datetime]],
    *,
    discharged: bool,
    is_out: bool,
) -> str:
    if not known[0].happened:
        return "cancelled" if known[0].cancelled else "planned"
    if left is None:
        return "on_leave" if is_out else "in_progress"
    if discharged:
        return "finished"
    has_arrived = any((each.movement_id, left.occurred_at) in arrived for each in known)
    return "finished" if has_arrived else "on_the_way"
