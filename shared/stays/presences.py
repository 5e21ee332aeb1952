"""Reads the movements of one stay into presences, and marks those that contradict the others.

Movements are read in the order in which they happened, from the first admission on; while no admission is
known, from the first one on, for an admission may be missing or late.

- An admission begins a presence, and so does the first move inside of a stay without an admission.
- A departure for another establishment ends it, and so does a discharge. A discharge that follows a
  departure closes the stay and moves nothing: the person had left.
- Who comes back under the same stay begins another presence: by an admission or a return at any time, or by
  a move inside after a departure, while the stay is not closed.
- Any other movement, such as a leave, moves nobody in or out: the bed is kept. Of a stay of which nothing
  else is known it begins a presence: whoever goes on leave was there.
- Of several discharges without an entry between them the one that was stated last is right: the others are
  what it corrects.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

import msgspec

from shared.stays.statements import ENTRIES, Statement

ContradictionMark = Literal[
    "unknown_stay",
    "transfer_before_admission",
    "discharge_before_admission",
    "admitted_twice",
    "movement_after_discharge",
    "discharge_superseded",
    "movement_before_admission",
    "leave_without_presence",
    "return_without_leave",
]
"""Why a movement contradicts the others of its stay."""

_BEFORE_ADMISSION: Final[Mapping[str, ContradictionMark]] = {
    "transfer": "transfer_before_admission",
    "discharge": "discharge_before_admission",
}

NO_MARKS: Final[Mapping[UUID, frozenset[ContradictionMark]]] = {}


class Presence(NamedTuple):
    """A time from an entry until, and without, the moment of the exit; open while no exit is known."""

    began_at: datetime
    ended_at: datetime | None

    def holds_at(self, moment: datetime) -> bool:
        return self.began_at <= moment and (self.ended_at is None or moment < self.ended_at)


class Leave(NamedTuple):
    """A time during which the person was out, and the bed was kept."""

    began_by: Statement
    ended_by: Statement | None
    """The return or, where none was stated, the next leave, entry or exit; None while the person is out."""


NO_LEAVES: Final[tuple[Leave, ...]] = ()


class Presences(msgspec.Struct, frozen=True, gc=False):
    """What the movements of one stay amount to."""

    spans: tuple[Presence, ...]
    left_by: Statement | None
    """The movement by which the person left last; None while there, or as long as nobody left."""
    closed: bool
    """The last exit is a discharge, or one followed it."""
    marks: Mapping[UUID, frozenset[ContradictionMark]]
    """By movement."""
    leaves: tuple[Leave, ...] = NO_LEAVES


class _Walk:
    """One pass over the movements of a stay."""

    left_by: Statement | None = None
    closed = False
    leaves = NO_LEAVES
    began_at: datetime | None = None
    _class_of_stay: str | None = None
    _out_by: Statement | None = None

    def __init__(self, *, admission_known: bool) -> None:
        self.spans: list[Presence] = []
        self.marks: dict[UUID, set[ContradictionMark]] = {}
        self._expects_admission = admission_known

    def read(self, movement: Statement) -> None:
        """The next movement, in the order in which they happened."""
        if movement.kind == "admission":
            self._admit(movement)
        elif self._expects_admission:
            self.mark(movement, _BEFORE_ADMISSION.get(movement.kind, "movement_before_admission"))
        elif movement.kind == "discharge":
            if self.left_by is None:
                self._end(movement)
            self.closed = True
        elif movement.kind == "return":
            self._return(movement)
        elif self.closed:
            self.mark(movement, "movement_after_discharge")
        elif movement.kind == "leave":
            self._go_on_leave(movement)
        elif not movement.departs:
            self._begin(movement)
        elif self.left_by is None:
            self._end(movement)
        self._class_of_stay = movement.class_of_stay or self._class_of_stay

    def mark(self, movement: Statement, mark: ContradictionMark) -> None:
        """The movement contradicts the others in this way."""
        self.marks.setdefault(movement.movement_id, set()).add(mark)

    def _admit(self, movement: Statement) -> None:
        # Emergency or outpatient first and a bed later is one visit (A04, then A01).
        if self.began_at is not None and movement.class_of_stay in (None, self._class_of_stay):
            self.mark(movement, "admitted_twice")
        self._expects_admission = False
        self._begin(movement)
        self._end_leave(movement)

    def _go_on_leave(self, movement: Statement) -> None:
        if self.left_by is not None:
            self.mark(movement, "leave_without_presence")
            return
        self._begin(movement)
        self._end_leave(movement)
        self._out_by = movement

    def _return(self, movement: Statement) -> None:
        if self._out_by is None:
            self.mark(movement, "return_without_leave")
        self._begin(movement)
        self._end_leave(movement)

    def _end_leave(self, by: Statement | None) -> None:
        if self._out_by is not None:
            self.leaves = (*self.leaves, Leave(self._out_by, by))
            self._out_by = None

    def _begin(self, movement: Statement) -> None:
        if self.began_at is None:
            self.began_at, self.left_by, self.closed = movement.occurred_at, None, False

    def _end(self, movement: Statement) -> None:
        left_at = movement.occurred_at
        if self.began_at is not None:
            if left_at < self.began_at:
                self.mark(movement, "discharge_before_admission")
            # Whose papers came after their death was there at that moment alone, as far as is known.
            self.spans.append(Presence(min(self.began_at, left_at), left_at))
        self.began_at, self.left_by = None, movement
        self._end_leave(movement)

    def finish(self) -> None:
        """Nothing more happened: who is there still is, and who is out still is."""
        if self.began_at is not None:
            self.spans.append(Presence(self.began_at, None))
        self._end_leave(None)


def presences_of(active: Sequence[Statement]) -> Presences:
    """The presences of a stay, from its movements that were not cancelled, in the order they happened."""
    kinds = [movement.kind for movement in active]
    admission_known = "admission" in kinds
    superseded = _superseded(active) if kinds.count("discharge") > 1 else ()
    walk = _Walk(admission_known=admission_known)
    for movement in active:
        if not admission_known:
            walk.mark(movement, "unknown_stay")
        if superseded and movement.movement_id in superseded:
            walk.mark(movement, "discharge_superseded")
        else:
            walk.read(movement)
    walk.finish()
    marks = {movement_id: frozenset(found) for movement_id, found in walk.marks.items()}
    return Presences(tuple(walk.spans), walk.left_by, walk.closed, marks or NO_MARKS, walk.leaves)


def _superseded(active: Sequence[Statement]) -> set[UUID]:
    """The discharges that another one corrects: of those of one presence, all but the one stated last."""
    found: set[UUID] = set()
    standing: Statement | None = None
    for movement in active:
        if movement.kind in ENTRIES:
            standing = None
        elif movement.kind == "discharge":
            if standing is None:
                standing = movement
                continue
            older, standing = sorted((standing, movement), key=lambda each: each.place_in_history)
            found.add(older.movement_id)
    return found
