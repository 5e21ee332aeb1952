"""Gathers a person's movements into stays, in the state of a moment: what lies after it is only planned.

An emergency stay that nobody ended ends when the person's next stay there begins (decision 0035).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from shared.events.admission import ClassOfStay
from shared.stays.classes import CLASSES_WITHOUT_BED, beds_taken, classes_of, parts_of
from shared.stays.movements import MovementHistory
from shared.stays.one_moment import in_lived_order
from shared.stays.presences import NO_MARKS, Presence, Presences, presences_of
from shared.stays.statements import FACTS, PLANS, TRACKED, Statement

FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)

_KEEPING: Final[frozenset[ClassOfStay | None]] = frozenset({"inpatient", "emergency"})
"""Classes that show by their beginning that the person is no longer in the emergency department."""

_NONE: Final = Presences((), None, False, NO_MARKS)


class Stay(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A person's time in one establishment, as its movements state it."""

    stay_id: UUID
    movements: tuple[Statement, ...]
    """Those that happened by the moment and were not cancelled, in the order in which they happened.

    Only of kinds that say where the person is: what is not understood here proves no arrival. Where nobody
    said that, those that say where the person is for a while.
    """
    start: Statement
    """The first admission or, while none is known, the first movement."""
    planned: bool
    """Nothing of it has happened yet."""
    presences: Presences
    ended_by_next_stay: Statement | None = None
    """By what another stay kept the person and ended this one, whose own movements do not say how."""
    deaths: tuple[Statement, ...] = ()
    """Those that were stated of it; it goes on until its discharge is stated."""
    mentioned: bool = False
    """Something happened in it, but nothing that says where the person is: a death, or of an unknown kind."""

    @property
    def cancelled(self) -> bool:
        """Whether nothing that was stated of it holds."""
        return not (self.movements or self.planned or self.mentioned)

    @property
    def has_admission(self) -> bool:
        return self.start.kind == "admission" and bool(self.movements)

    @property
    def is_present(self) -> bool:
        """Whether the person is there at the moment."""
        spans = self.presences.spans
        return bool(spans) and spans[-1].ended_at is None

    @property
    def on_leave(self) -> bool:
        """Whether the person is out for some time, and the bed kept."""
        leaves = self.presences.leaves
        is_out = bool(leaves) and leaves[-1].ended_by is None
        return is_out and self.ended_by_next_stay is None and not self.deaths

    @property
    def ended_at(self) -> datetime | None:
        """When the person left last; `None` while the person is there or nobody said that they left."""
        died_by = None if self.movements else self.died_by
        left_by = self.presences.left_by or self.ended_by_next_stay or died_by
        return None if left_by is None else left_by.occurred_at

    @property
    def died_by(self) -> Statement | None:
        """The first of the deaths."""
        return self.deaths[0] if self.deaths else None

    def is_superseded(self, discharge: Statement) -> bool:
        """Whether another discharge corrects it."""
        return "discharge_superseded" in self.presences.marks.get(discharge.movement_id, ())

    @property
    def class_of_stay(self) -> ClassOfStay | None:
        """The class at the moment: the newest that was stated. What held before is in `classes`."""
        for movement in reversed(self.movements):
            if movement.class_of_stay is not None:
                return movement.class_of_stay
        return None

    @property
    def classes(self) -> list[ClassOfStay | None]:
        """Which class held from the moment of each movement on."""
        return classes_of(self.movements)

    @property
    def in_bed(self) -> tuple[Presence, ...]:
        """When the person was there and took a bed of the establishment."""
        return self.parts(counts=holds_bed)

    def parts(self, *, counts: Callable[[ClassOfStay | None], bool]) -> tuple[Presence, ...]:
        """When the person was there under a class that counts."""
        return parts_of(self.presences.spans, self.movements, counts=counts)

    @property
    def is_in_bed(self) -> bool:
        """Whether the person is there at the moment, and takes a bed of the establishment."""
        return self.is_present and holds_bed(self.class_of_stay)

    @property
    def bed_left_at(self) -> datetime | None:
        """When the person last gave up a bed there: left, or went on without one."""
        if not self.presences.spans:  # known by its end only
            return self.ended_at if holds_bed(self.class_of_stay or self.start.class_of_stay) else None
        beds = self.in_bed
        return beds[-1].ended_at if beds else None

    @property
    def unit(self) -> str | None:
        """The newest that was stated."""
        for movement in reversed(self.movements):
            if movement.unit:
                return movement.unit
        return None


def holds_bed(class_of_stay: ClassOfStay | None) -> bool:
    """Whether it takes a bed of the establishment, as far as is known."""
    return class_of_stay not in CLASSES_WITHOUT_BED


def stays_of(histories: Iterable[MovementHistory], *, at: datetime = FOR_EVER) -> list[Stay]:
    """Every stay that anything was stated of, in order of its beginning, as it is at the moment.

    `histories` are those of one person's movements, in timeline order; what was reassigned is not theirs.
    """
    by_stay: dict[UUID, list[MovementHistory]] = defaultdict(list)
    for history in histories:
        if history.reassigned is None:
            by_stay[history.current.stay_id].append(history)
    stays = [_stay_of(stay_id, known, at=at) for stay_id, known in by_stay.items()]
    if len(stays) == 1:
        return stays
    stays.sort(key=lambda stay: (stay.start.occurred_at, stay.stay_id))
    for place, stay in enumerate(stays):
        if stay.is_present and stay.class_of_stay == "emergency":
            stays[place] = _ended_by_next(stay, [*stays[:place], *stays[place + 1 :]])
        elif stay.on_leave:
            stays[place] = _back_by_next(stay, [*stays[:place], *stays[place + 1 :]])
    return stays


def _back_by_next(out: Stay, others: Iterable[Stay]) -> Stay:
    """The stay once the person on leave from it took a bed there again, under another number."""
    *before, leave = out.presences.leaves
    since, there = leave.began_by.occurred_at, leave.began_by.establishment
    taken = [
        each
        for stay in others
        if stay.has_admission and stay.start.establishment == there
        for each in beds_taken(stay.movements, counts=holds_bed)
        if each.occurred_at >= since
    ]
    if not taken:
        return out
    leaves = (*before, leave._replace(ended_by=min(taken, key=lambda each: each.timeline_key)))
    return replace(out, presences=replace(out.presences, leaves=leaves))


def _ended_by_next(emergency: Stay, others: Iterable[Stay]) -> Stay:
    """The stay as it is once another one kept the person there after all that was stated of it."""
    last = emergency.movements[-1]
    *before, in_it = emergency.presences.spans
    there = [stay for stay in others if stay.start.establishment == last.establishment]
    later = [by for stay in there if (by := _kept_by(stay, since=in_it.began_at, after=last.occurred_at))]
    if not later:
        return emergency
    by = min(later, key=lambda each: each.timeline_key)
    spans = (*before, Presence(in_it.began_at, by.occurred_at))
    return replace(emergency, presences=replace(emergency.presences, spans=spans), ended_by_next_stay=by)


def _kept_by(stay: Stay, *, since: datetime, after: datetime) -> Statement | None:
    """By what the person was first kept there after that: an entry, or the change to a class that keeps.

    Who moves in the emergency, and takes a bed at that moment, moved there; who came to both came to both.
    """
    kept = {part.began_at for part in stay.parts(counts=_KEEPING.__contains__)} if stay.has_admission else ()
    return next(
        (
            each
            for each, held in zip(stay.movements, stay.classes, strict=True)
            if each.occurred_at in kept
            if each.occurred_at > after or (since < after == each.occurred_at and held == "inpatient")
        ),
        None,
    )


def _stay_of(stay_id: UUID, histories: Sequence[MovementHistory], *, at: datetime) -> Stay:
    stated = [history.current for history in histories if not history.cancelled]
    past = [movement for movement in stated if movement.occurred_at <= at]
    happened = [movement for movement in past if movement.kind in FACTS]
    further = [each for each in past if each.kind not in FACTS] if len(happened) < len(past) else []
    if not happened:
        happened = [movement for movement in further if movement.kind in TRACKED]
    mentioned = [] if happened else [movement for movement in further if movement.kind not in PLANS]
    lived, presences = _read(happened)
    known = lived or mentioned or stated or [history.current for history in histories]
    return Stay(
        stay_id=stay_id,
        movements=tuple(lived),
        start=next((movement for movement in known if movement.kind == "admission"), known[0]),
        planned=bool(stated) and not (happened or mentioned),
        presences=presences,
        deaths=tuple([movement for movement in further if movement.kind == "death"]),
        mentioned=bool(mentioned),
    )


def _read(happened: Sequence[Statement]) -> tuple[Sequence[Statement], Presences]:
    """The movements as they were lived, and what they amount to.

    What a discharge says that another one corrects counts for nothing: neither does its class or its unit.
    """
    if not happened:
        return happened, _NONE
    lived = in_lived_order(happened)
    presences = presences_of(lived)
    corrected = [each for each, marks in presences.marks.items() if "discharge_superseded" in marks]
    if corrected:
        lived = [
            replace(each, class_of_stay=None, unit=None) if each.movement_id in corrected else each
            for each in lived
        ]
    return lived, presences
