"""A deletion takes back what was emitted of the stay before it, and nothing else."""

from datetime import UTC, datetime, timedelta
from itertools import permutations, repeat
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.admission.domain.identities.deletion import (
    DeletedStay,
    cancel_event,
    deleted_of,
    look,
    with_cancels,
)
from services.admission.domain.identities.reassignment import StayMove, held_by
from shared.events.admission import (
    FurtherMovementCancelled,
    FurtherMovementStated,
    Movement,
    MovementCancelled,
    PatientAdmitted,
)
from shared.events.envelope import NewEvent, RecordedEvent
from shared.events.registry import ADMISSION
from shared.runtime.ids import new_id
from shared.stays.movements import movement_histories

PERSON, STAY, OTHER, SOURCE = (UUID(int=number) for number in range(1, 5))
TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)
DELETED = DeletedStay(STAY, TEN, SOURCE, PERSON)


def _admitted(minutes: int = -10, *, number: int = 7, stay: UUID = STAY) -> Movement:
    return PatientAdmitted(
        movement_id=UUID(int=number),
        stay_id=stay,
        kind="admission",
        source_id=UUID(int=99),
        establishment="750000002",
        occurred_at=TEN - timedelta(days=1),
        emitted_at=TEN + timedelta(minutes=minutes),
    )


def _leave(minutes: int) -> Movement:
    stated = _admitted(minutes, number=8)
    return FurtherMovementStated(
        **{name: getattr(stated, name) for name in stated.__struct_fields__} | {"kind": "leave"},
        expected_at=TEN,
    )


def _event(data: Movement) -> NewEvent:
    return NewEvent(event_id=new_id(), subject=PERSON, occurred_at=data.occurred_at, data=data)


def _stated(order: tuple[Movement | None, ...]) -> list[RecordedEvent]:
    """What is published, where `None` is the deletion."""
    events: list[NewEvent] = []
    is_deleted = False
    for each in order:
        if each is not None:
            deleted = {(STAY, PERSON): DELETED} if is_deleted else {}
            events += with_cancels([_event(each)], deleted, (new_id() for _ in repeat(0)))
            continue
        is_deleted = True
        found = look(held_by(PERSON, _recorded(events)).values(), {STAY: DELETED})
        events += [
            cancel_event(one, DELETED, event_id=new_id(), subject=PERSON, trace={}) for one in found.covered
        ]
    return _recorded(events)


def _recorded(events: list[NewEvent]) -> list[RecordedEvent]:
    return [
        RecordedEvent(
            event_id=each.event_id,
            publisher=ADMISSION,
            subject=each.subject,
            sequence=number,
            occurred_at=each.occurred_at,
            recorded_at=TEN,
            data=each.data,
        )
        for number, each in enumerate(events, 1)
    ]


def test_what_holds_does_not_depend_on_when_the_deletion_comes() -> None:
    stated = (_admitted(), _leave(-5), _admitted(5, number=9), _admitted(number=10, stay=OTHER), None)
    held = set()
    for order in permutations(stated):
        histories = movement_histories(_stated(order))
        held.add(frozenset((each.current.movement_id.int, each.cancelled) for each in histories))
    assert held == {frozenset({(7, True), (8, True), (9, False), (10, False)})}


@pytest.mark.parametrize("late", [True, False])
def test_each_movement_is_cancelled_as_its_source_would_have(late: bool) -> None:
    leave = _leave(-5)
    events = _stated((None, leave) if late else (leave, None))
    (cancel,) = [each.data for each in events if isinstance(each.data, MovementCancelled)]
    assert isinstance(cancel, FurtherMovementCancelled)
    assert (cancel.kind, cancel.expected_at) == ("leave", TEN)
    assert (cancel.emitted_at, cancel.source_id) == (TEN, SOURCE)


def test_a_cancelled_movement_is_not_cancelled_again_and_a_newer_one_stands() -> None:
    cancelled = MovementCancelled(
        **{name: getattr(_admitted(), name) for name in _admitted().__struct_fields__}
    )
    held = held_by(PERSON, _recorded([_event(_admitted()), _event(cancelled)]))
    assert look(held.values(), {STAY: DELETED}) == ({STAY}, [], False)
    newer = replace(_admitted(), emitted_at=TEN + timedelta(seconds=1))
    held = held_by(PERSON, _recorded([_event(newer)]))
    assert look(held.values(), {STAY: DELETED}) == ({STAY}, [], True)


def test_of_several_statements_at_one_moment_the_last_says_of_which_stay_it_is() -> None:
    held = held_by(PERSON, _recorded([_event(_admitted()), _event(_admitted(stay=OTHER))]))
    assert look(held.values(), {STAY: DELETED}) == (set(), [], False)


def test_what_another_has_under_the_same_number_is_not_deleted() -> None:
    rose, jean, paul, newest = (UUID(int=number) for number in range(10, 14))
    of_rose = DeletedStay(STAY, TEN, SOURCE, rose)
    again = replace(of_rose, emitted_at=TEN + timedelta(hours=1), person_id=newest)
    moves = [
        StayMove(STAY, jean, paul, TEN),
        StayMove(OTHER, rose, paul, TEN),
    ]
    assert deleted_of([of_rose], moves, {}) == {(STAY, rose): of_rose}
    assert deleted_of([of_rose, again], moves, {newest: rose}) == {(STAY, rose): again}
    to_jean = [StayMove(STAY, rose, jean, TEN - timedelta(1)), *moves]
    assert deleted_of([of_rose], to_jean, {}).keys() == {(STAY, each) for each in (rose, jean, paul)}
    late = NewEvent(event_id=new_id(), subject=jean, occurred_at=TEN, data=_admitted())
    assert list(with_cancels([late], deleted_of([of_rose], moves, {}), iter(()))) == [late]
