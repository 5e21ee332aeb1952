"""Folds the statements about each movement into its current content, independent of their order.

The content is that of the newest insert or update by `(ordered_at, sequence)`; an insert that comes again
replaces, an update changes what it names, and may come before its insert. A cancel holds until the movement
is stated again under a newer emission, or under the same one and later; one that came before all that it may
cancel holds against all of its own emission. A movement is no fact of the person when `MovementReassigned` is
what was published of it last. The result depends on the set of events only, not on their order or repetition.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final, get_args
from uuid import UUID

import msgspec
from msgspec.structs import replace

from shared.events.admission import (
    FurtherField,
    MovementReassigned,
    OptionalField,
    ReassignmentReason,
    is_movement,
)
from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION
from shared.stays.statements import Statement, statement_of

OPTIONAL_FIELDS: Final[tuple[FurtherField, ...]] = (*get_args(OptionalField), "expected_at")
"""What an update may leave as it was."""


class MovementHistory(msgspec.Struct, frozen=True, gc=False):
    """All that was stated about one movement, oldest content first."""

    contents: tuple[Statement, ...]
    """Every insert and update; the content of a cancel counts only when there is no other."""
    current: Statement
    """The newest content, whether it is cancelled or not."""
    is_plain: bool = False
    """It was inserted and nothing more was said of it, as mostly."""
    cancels: tuple[Statement, ...] = ()
    cancelled: bool = False
    """It did not take place, as far as is known now."""
    reassigned: ReassignmentReason | None = None
    """Why it is no fact of this person any more; `None` while it is one."""

    @property
    def corrected(self) -> bool:
        """Whether it was once stated with other content."""
        substance = substance_of(self.current)
        return any(substance_of(content) != substance for content in self.contents)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that was stated, cancels last."""
        if self.cancels == self.contents:
            return self.contents
        return (*self.contents, *self.cancels)


def movement_histories(events: Iterable[RecordedEvent]) -> list[MovementHistory]:
    """A person's movements in timeline order, from all that was stated of the person, each once or more."""
    by_movement: dict[UUID, list[Statement]] = defaultdict(list)
    reassigned: dict[UUID, tuple[int, ReassignmentReason]] = {}
    # The number of an event among its person's is its identity, and hashed faster than its id; but others who
    # publish of the person count from 1, too.
    for event in {event.sequence: event for event in events if event.publisher == ADMISSION}.values():
        data = event.data
        if is_movement(data):
            by_movement[data.movement_id].append(statement_of(event, data))
        elif isinstance(data, MovementReassigned):
            ended = (event.sequence, data.reason)
            reassigned[data.movement_id] = max(reassigned.get(data.movement_id, ended), ended)
    if not reassigned:
        return in_timeline_order([history_of(stated) for stated in by_movement.values()])
    histories = {movement_id: history_of(stated) for movement_id, stated in by_movement.items()}
    for movement_id, (sequence, reason) in reassigned.items():
        stated = by_movement.get(movement_id, [])
        if stated and sequence > max(statement.sequence for statement in stated):
            histories[movement_id] = replace(histories[movement_id], reassigned=reason)
    return in_timeline_order(histories.values())


def in_timeline_order(histories: Iterable[MovementHistory]) -> list[MovementHistory]:
    """The movements in the order in which they happened, by their current contents."""
    return sorted(histories, key=lambda history: history.current.timeline_key)


def history_of(stated: Collection[Statement]) -> MovementHistory:
    """One movement, from the statements about it, at least one, each once."""
    if len(stated) == 1:
        (only,) = stated
        if only.action == "insert":
            return MovementHistory((only,), only, is_plain=True)
    statements = sorted(stated, key=lambda statement: statement.place_in_history)
    contents = _completed([statement for statement in statements if statement.action != "cancel"])
    return _history(contents, tuple([each for each in statements if each.action == "cancel"]))


def history_with(known: MovementHistory, statement: Statement) -> MovementHistory:
    """The movement when this is stated, too; nothing is read again when it is the newest, as it mostly is."""
    newest = known.current
    in_order = all(
        statement.place_in_history > each.place_in_history for each in (newest, *known.cancels[-1:])
    )
    if newest.action == "cancel" or not in_order:
        return history_of([*known.statements, statement])
    if statement.action == "cancel":
        return _history(known.contents, (*known.cancels, statement))
    return _history((*known.contents, *_completed([newest, statement])[1:]), known.cancels)


def _history(contents: tuple[Statement, ...], cancels: tuple[Statement, ...]) -> MovementHistory:
    """A movement of which more was said than that it was inserted."""
    contents = contents or cancels
    cancelled = bool(cancels) and _is_cancelled(contents, cancels)
    return MovementHistory(contents, contents[-1], cancels=cancels, cancelled=cancelled)


def _is_cancelled(contents: Sequence[Statement], cancels: Iterable[Statement]) -> bool:
    newest, first = contents[-1], min(content.sequence for content in contents)
    since = (newest.emission_time, False, newest.sequence)
    # Of what was never inserted nor updated, the cancels are the contents: then the first of them is equal.
    return any((each.emission_time, each.sequence <= first, each.sequence) >= since for each in cancels)


def _completed(stated: Sequence[Statement]) -> tuple[Statement, ...]:
    """Inserts and updates, oldest first, with what an update does not name as it was before."""
    if all(statement.names is None and statement.responsibility is None for statement in stated):
        return tuple(stated)
    contents: list[Statement] = []
    for stating in stated:
        statement = stating
        if statement.action == "update" and statement.responsibility is None and contents:
            statement = replace(statement, responsibility=contents[-1].responsibility)
        if statement.names is not None and contents:
            unnamed = [field for field in OPTIONAL_FIELDS if field not in statement.names]
            kept = {field: getattr(contents[-1], field) for field in unnamed}
            contents.append(replace(statement, **kept))
        else:
            contents.append(statement)
    return tuple(contents)


def substance_of(content: Statement) -> tuple[object, ...]:
    """What a correction changes; the same content stated again is no correction."""
    return (
        content.stay_id,
        content.kind,
        content.establishment,
        content.occurred_at,
        content.unit,
        content.class_of_stay,
        content.origin,
        content.destination,
        content.expected_at,
        content.responsibility,
    )
