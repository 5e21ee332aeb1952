"""Computes a person's expected arrivals from their movements, by the checker's own rules.

A discharge that follows a transfer to the same place belongs to the same departure. Who is seen at the
destination has arrived, whatever the movement; an admission, or a return from leave, that meets no earlier
departure meets the first one within the next two hours. The wait also ends where the person is admitted to a
bed elsewhere, or is back at the place that was left, unless they come in time after all (decision 0005). And
nobody waits for who had come to the destination while they were still said to be where they left (0052), nor
for the dead: a wait that was not over when the person died is none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.continuity.checker.pathway.fold import ExpectedArrival, Movement, parsed
from tests.continuity.checker.pathway.stays import (
    ENTRIES,
    NO_BED,
    as_lived,
    class_at,
    class_of,
    dead_since,
    is_corrected,
    takes_bed,
)

EARLY_ARRIVAL: Final = timedelta(hours=2)
"""An entry may be dated this long before the departure that it follows."""
_EMERGENCY: Final = timedelta(days=1)
_NO_YEARS: Final = (1, 1753, 1900, 1970, 2099, 2999, 9999)
_HOME: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, kw_only=True)
class ArrivalRules:
    """How long after a departure the arrival is due."""

    grace: timedelta = timedelta(hours=1)
    default: timedelta = timedelta(hours=2)


def arrivals_of(movements: Iterable[Movement], waiting: ArrivalRules) -> list[ExpectedArrival]:
    """Every expected arrival that the current movements imply, met or not, of who lived until it ended."""
    known = list(movements)
    active = [each for each in known if each.happened]
    stays: dict[str, list[Movement]] = {}
    for each in active:
        stays.setdefault(each.stay_id, []).append(each)
    stays = {stay_id: as_lived(stay) for stay_id, stay in stays.items()}
    expected = [wait for stay in stays.values() for wait in _departures(stay, waiting)]
    there = {wait.key: _came_before(wait, stays) for wait in expected}
    met = [_met(wait, by) for wait in expected if (by := there[wait.key]) is not None]
    open_ = [wait for wait in expected if there[wait.key] is None]
    for each in active:
        ended = _met_by(open_, each)
        open_ = [_stopped(wait, each, stays[each.stay_id]) for wait in open_ if wait not in ended]
        met += [_met(wait, each) for wait in ended]
    died_at = dead_since(known, stays)
    return [wait for wait in met + open_ if died_at is None or _over_by(wait, died_at)]


def _over_by(wait: ExpectedArrival, moment: datetime) -> bool:
    over = wait.arrived_at or wait.ended_at
    return over is not None and over <= moment


def _met(wait: ExpectedArrival, by: Movement) -> ExpectedArrival:
    return replace(wait, met_by=by.movement_id, arrived_at=by.occurred_at, ended_as=None, ended_at=None)


def _came_before(wait: ExpectedArrival, stays: Mapping[str, Sequence[Movement]]) -> Movement | None:
    """By what the person had come to the destination, who was only later said to have left for there."""
    left = next(stay for stay in stays.values() if any(each.movement_id == wait.departure for each in stay))
    place = next(at for at, each in enumerate(left) if each.movement_id == wait.departure)
    if left[place].kind == "discharge" and is_corrected(left[place], left, place):
        return None
    here_since, _ = _there(left, left[:place])
    if here_since is None:
        return None
    found: Movement | None = None
    for stay in stays.values():
        if stay[0].establishment != wait.to or class_at(stay, wait.departed_at) in NO_BED:
            continue
        began, came = _there(stay, [each for each in stay if each.occurred_at <= wait.departed_at])
        if began is None or came is None:
            continue
        came = max(came, _in_bed_since(stay, began, wait.departed_at), key=lambda each: each.order)
        if came.occurred_at <= here_since.occurred_at:
            continue
        if class_of(stay) == "emergency" and wait.departed_at - came.occurred_at > _EMERGENCY:
            continue
        found = came if found is None else max(found, came, key=lambda each: each.order)
    if found is None:
        return None
    between = [
        each
        for stay in stays.values()
        for each in stay
        if class_at(stay, each.occurred_at) not in NO_BED
        if each.establishment != wait.to and found.occurred_at < each.occurred_at < wait.departed_at
    ]
    return found if all(each.kind == "discharge" for each in between) else None


def _in_bed_since(stay: Sequence[Movement], began: Movement, until: datetime) -> Movement:
    """By what the person took the bed in which they are then: what began the presence, or a later change."""
    since = began
    had_bed = True
    for each in stay:
        if began.occurred_at <= each.occurred_at <= until:
            has_bed = class_at(stay, each.occurred_at) not in NO_BED
            since = each if has_bed and not had_bed else since
            had_bed = has_bed
    return since


def _there(stay: Sequence[Movement], so_far: Sequence[Movement]) -> tuple[Movement | None, Movement | None]:
    """Since which movement the person has been there, and by which they came, after the first ones.

    Who is out on leave has a place there, and has not come; nor does a first move say that they came with it.
    """
    admitted = known = any(each.kind == "admission" for each in stay)
    began: Movement | None = None
    came: Movement | None = None
    closed = gone = False
    for place, each in enumerate(so_far):
        if admitted and each.kind != "admission":
            continue
        admitted = False
        if each.kind == "return":
            came = each if known or began is not None else None
            began, closed, gone = began or each, False, False
        elif each.kind == "admission" or (each.kind == "transfer" and not (each.departs or closed)):
            if began is None or (came is None and each.kind == "admission"):
                came = each if known else None
            began, closed, gone = began or each, False, False
        elif each.kind == "discharge":
            if not is_corrected(each, stay, place):
                began, came, closed, gone = None, None, True, True
        elif each.departs:
            began, came, gone = None, None, True
        elif each.kind == "leave" and not gone:
            began, came = began or each, None
    return began, came


def _departures(stay: Sequence[Movement], waiting: ArrivalRules) -> list[ExpectedArrival]:
    found: list[ExpectedArrival] = []
    standing: set[str] = set()
    before: str | None = None
    for place, each in enumerate(stay):
        to = each.leaves_for
        said = each.destination.get("expected_at")
        if to is not None and to != before:
            due_at = _due_at(said, each.occurred_at, waiting)
            found.append(
                ExpectedArrival(
                    departure=each.movement_id,
                    leaves=each.establishment,
                    to=to,
                    departed_at=each.occurred_at,
                    due_at=due_at,
                )
            )
        elif to is not None and said is not None:
            due_at = _due_at(said, found[-1].departed_at, waiting)
            found[-1] = replace(found[-1], due_at=due_at)
        if to is not None and not (each.kind == "discharge" and is_corrected(each, stay, place)):
            standing.add(found[-1].departure)
        before = to
    return [wait for wait in found if wait.departure in standing]


def _due_at(said: str | None, departed_at: datetime, waiting: ArrivalRules) -> datetime:
    if said is None or not _can_be_meant(parsed(said), departed_at):
        return departed_at + waiting.default
    return parsed(said) + waiting.grace


def _can_be_meant(expected_at: datetime, departed_at: datetime) -> bool:
    """Whether it is a time of day, after the departure, within a year, and no calendar's first or last."""
    if expected_at.year in _NO_YEARS or expected_at < departed_at:
        return False
    at_home = expected_at.astimezone(_HOME)
    is_a_day_only = "00:00:00" in (f"{expected_at:%H:%M:%S}", f"{at_home:%H:%M:%S}")
    return expected_at - departed_at <= timedelta(days=366) and not is_a_day_only


def _met_by(open_: Sequence[ExpectedArrival], seen: Movement) -> list[ExpectedArrival]:
    there = [wait for wait in open_ if wait.to == seen.establishment]
    earlier = [
        wait
        for wait in there
        if wait.departed_at <= seen.occurred_at and (wait.ended_as is None or seen.occurred_at <= wait.due_at)
    ]
    if earlier or seen.kind not in ENTRIES:
        return earlier
    soon = [
        wait
        for wait in there
        if seen.occurred_at < wait.departed_at <= seen.occurred_at + EARLY_ARRIVAL and wait.ended_as is None
    ]
    return sorted(soon, key=lambda wait: (wait.departed_at, wait.expectation))[:1]


def _stopped(wait: ExpectedArrival, seen: Movement, stay: Sequence[Movement]) -> ExpectedArrival:
    """The wait, ended where a movement shows the person back, or in a bed of a third establishment."""
    if wait.ended_as or seen.occurred_at < wait.departed_at or seen.establishment == wait.to:
        return wait
    if seen.establishment != wait.leaves:
        in_bed = takes_bed(seen, stay)
        return replace(wait, ended_as="elsewhere", ended_at=seen.occurred_at) if in_bed else wait
    if seen.kind == "admission":
        first = next(each for each in stay if each.kind == "admission")
        back = first is not seen or all(each.movement_id != wait.departure for each in stay)
    else:
        goes_on = seen.kind in ("transfer", "return") or seen.leaves_for is not None
        back = goes_on and seen.leaves_for != wait.to and seen.occurred_at > wait.departed_at
    return replace(wait, ended_as="returned", ended_at=seen.occurred_at) if back else wait
