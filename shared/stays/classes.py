"""Says which class a stay had when: a class is a fact from the movement that states it on (decision 0059)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from shared.events.admission import ClassOfStay
from shared.stays.presences import Presence
from shared.stays.statements import Statement

CLASSES_WITHOUT_BED: Final[frozenset[ClassOfStay]] = frozenset(
    {"outpatient", "recurring", "home", "telemonitoring"}
)
"""Stays that hold no bed, and so contradict no other stay."""


def classes_of(movements: Sequence[Statement]) -> list[ClassOfStay | None]:
    """Which class held from the moment of each movement of a stay on, in the order in which they happened.

    It is what the movement states, or else what held before it; before the first that states one, that one.
    What changed twice at one moment is as it was last.
    """
    held = next((each.class_of_stay for each in movements if each.class_of_stay), None)
    classes = [held := each.class_of_stay or held for each in movements]
    for place in range(len(movements) - 1, 0, -1):
        if movements[place - 1].occurred_at == movements[place].occurred_at:
            classes[place - 1] = classes[place]
    return classes


def beds_taken(
    movements: Sequence[Statement], *, counts: Callable[[ClassOfStay | None], bool]
) -> list[Statement]:
    """The movements of a stay by which a bed is taken: admissions to a class that counts, changes to one."""
    wanted = [counts(each) for each in classes_of(movements)]
    return [
        each
        for place, each in enumerate(movements)
        if wanted[place]
        and (each.kind == "admission" or (place > 0 and not wanted[place - 1] and _is_inside(each)))
    ]


def _is_inside(movement: Statement) -> bool:
    return movement.kind == "transfer" and not movement.departs


def parts_of(
    spans: tuple[Presence, ...],
    movements: Sequence[Statement],
    *,
    counts: Callable[[ClassOfStay | None], bool],
) -> tuple[Presence, ...]:
    """The parts of the presences of a stay during which its class was one that counts."""
    stated = {each.class_of_stay for each in movements} - {None}
    if len(stated) <= 1:  # the usual stay: one class from its beginning to its end
        return spans if counts(next(iter(stated), None)) else ()
    wanted = [counts(each) for each in classes_of(movements)]
    if all(wanted):
        return spans
    if not any(wanted):
        return ()
    periods = list(_periods(movements, wanted))
    return tuple(part for span in spans for period in periods if (part := _common(span, period)) is not None)


def _periods(movements: Sequence[Statement], wanted: Sequence[bool]) -> Iterator[Presence]:
    """From when until when it was so, present or not."""
    since = None
    for movement, is_wanted in zip(movements, wanted, strict=True):
        if is_wanted and since is None:
            since = movement.occurred_at
        elif not is_wanted and since is not None:
            yield Presence(since, movement.occurred_at)
            since = None
    if since is not None:
        yield Presence(since, None)


def _common(span: Presence, period: Presence) -> Presence | None:
    began_at = max(span.began_at, period.began_at)
    ends = [moment for moment in (span.ended_at, period.ended_at) if moment is not None]
    ended_at = min(ends, default=None)
    if ended_at is None or began_at < ended_at:
        return Presence(began_at, ended_at)
    return span if span.began_at == span.ended_at and period.holds_at(span.began_at) else None
