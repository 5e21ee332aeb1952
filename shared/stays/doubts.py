"""Says which statements changed nothing, or not what they say: no accepted fact lacks its effect unseen.

Judged by the order of receipt: what stood before a statement came, and what stands with it. The result
depends on the set of statements only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final, Literal
from uuid import UUID

from shared.stays.movements import OPTIONAL_FIELDS, MovementHistory, history_of, history_with, substance_of
from shared.stays.statements import Statement

StatementMark = Literal[
    "changes_nothing", "outdated", "cancelled_already", "unknown_movement", "other_source"
]
"""Why a statement has no effect, or another one than it says.

`changes_nothing`: it says what stood already, of the person who had the movement already. `outdated`:
something was known that was emitted after it.
`cancelled_already`: under no newer emission than a known cancel, so the movement stays cancelled.
`unknown_movement`: it updates or cancels what nobody has inserted. `other_source`: another application of the
establishment inserted the movement under this number.
"""

Doubts = Mapping[UUID, frozenset[StatementMark]]

_FEW: Final = 4
NO_DOUBTS: Final[Doubts] = {}


def doubts_of(history: MovementHistory) -> Doubts:
    """The marks of the statements about a movement, by event; one made for two persons counts once."""
    if history.is_plain or _is_in_order(history):
        return NO_DOUBTS
    found: dict[UUID, set[StatementMark]] = defaultdict(set)
    inserted_by = next((each.source_id for each in history.contents if each.action == "insert"), None)
    before: MovementHistory | None = None
    for statement in _each_once(history):
        after = history_of([statement]) if before is None else history_with(before, statement)
        marks = found[statement.event_id]
        if inserted_by is None:
            marks.add("unknown_movement")
        elif statement.source_id != inserted_by:
            marks.add("other_source")
        if before is not None:
            marks |= _lacking(statement, before, after)
        before = after
    return {event_id: frozenset(marks) for event_id, marks in found.items() if marks}


def _is_in_order(history: MovementHistory) -> bool:
    """Whether one application inserted it and then corrected or cancelled it, each time with effect.

    So it mostly is, and then nothing need be read again.
    """
    first = history.contents[0]
    stated = (*history.contents, *history.cancels)
    if first.action != "insert" or len(history.cancels) > 1 or len(stated) > _FEW:
        return False
    if history.cancels and not history.cancelled:
        return False
    return all(
        earlier.sequence < later.sequence
        and earlier.source_id == later.source_id
        and later.restates is None
        and (later.action == "cancel" or substance_of(earlier) != substance_of(later))
        for earlier, later in pairwise(stated)
    )


def _lacking(statement: Statement, before: MovementHistory, after: MovementHistory) -> set[StatementMark]:
    """What the statement lacks of the effect that it says."""
    if statement.action == "cancel":
        if not after.cancelled:
            return {"outdated"}
        return {"changes_nothing"} if before.cancelled and not statement.reassigns else set()
    if after.cancelled:
        return {"cancelled_already"} if before.cancelled else set()
    if not _says(statement, after.current):
        return {"outdated"}
    same = not statement.reassigns and substance_of(before.current) == substance_of(after.current)
    return {"changes_nothing"} if same and not before.cancelled else set()


def _says(statement: Statement, content: Statement) -> bool:
    """Whether the content is what the statement says of the fields that it states."""
    stated = OPTIONAL_FIELDS if statement.names is None else statement.names
    if statement.responsibility is not None and statement.responsibility != content.responsibility:
        return False
    return (
        statement.stay_id,
        statement.kind,
        statement.occurred_at,
        *(getattr(statement, field) for field in stated),
    ) == (content.stay_id, content.kind, content.occurred_at, *(getattr(content, field) for field in stated))


def _each_once(history: MovementHistory) -> Iterable[Statement]:
    """In the order of receipt; what was moved to another person and back was stated when it came first."""
    known: dict[UUID, Statement] = {}
    for statement in sorted(history.statements, key=_sequence):
        known.setdefault(statement.restates or statement.event_id, statement)
    return known.values()


def _sequence(statement: Statement) -> int:
    return statement.sequence
