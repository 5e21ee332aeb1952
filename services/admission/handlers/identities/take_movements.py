"""Decides who has a movement when a batch names another person than before."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.admission.domain.identities.reassignment import (
    Holding,
    Statement,
    held_by,
    moved_before,
    take,
)
from services.admission.domain.submission import Identified
from services.admission.storage.identities import movements
from services.admission.storage.identities.movements import Whose
from services.admission.storage.submissions import Stored
from shared.database.pool import Connection
from shared.events.admission import is_movement
from shared.events.envelope import NewEvent
from shared.runtime.ids import new_id

Disputed = Mapping[UUID, Sequence[Statement]]
"""Movement -> what a batch states of it, in order; not all of it of one person, or not of whom it was."""


def disputed_movements(
    stored: Sequence[Identified], taken: Mapping[UUID, Whose], *, recorded_at: datetime
) -> Disputed:
    """Those of which a batch names several persons, or another one than before (`taken`: from whom)."""
    stated: dict[UUID, list[Statement]] = {}
    for one in stored:
        statement = _statement(one, recorded_at=recorded_at)
        stated.setdefault(statement.data.movement_id, []).append(statement)
    return {
        movement_id: statements
        for movement_id, statements in stated.items()
        if movement_id in taken or len({statement.identity for statement in statements}) > 1
    }


async def stated_before(connection: Connection, movement_ids: Collection[UUID]) -> set[UUID]:
    """The movements of which something was published; whose one is may be said, or stored, before."""
    whose = await movements.whose(connection, movement_ids)
    holders = await movements.survivors_of(connection, set(whose.values()))
    published = await movements.published_of(connection, set(holders.values()))
    events = [event for of_person in published.values() for event in of_person]
    return {event.data.movement_id for event in events if is_movement(event.data)} & {*movement_ids}


async def moved_already(
    connection: Connection, stored: Sequence[Identified], found: Stored, *, recorded_at: datetime
) -> dict[UUID, Whose]:
    """The new movements of stays that were moved before they came, and whose those are."""
    persons = {person_id for move in found.moves for person_id in (move.former, move.to_person)}
    survivors = await movements.survivors_of(connection, persons)
    named = {one.submission.data.movement_id for one in stored} - found.taken.keys()
    known = await stated_before(connection, named)
    moved: dict[UUID, Whose] = {}
    for one in stored:
        movement_id = one.submission.data.movement_id
        if movement_id in named - known and movement_id not in moved:
            move = moved_before(_statement(one, recorded_at=recorded_at), found.moves, survivors)
            if move is not None:
                moved[movement_id] = (move.to_person, move.decided_at)
    return moved


def _statement(one: Identified, *, recorded_at: datetime) -> Statement:
    return Statement(
        event_id=one.submission.event_id,
        identity=one.person.identity,
        person_id=one.person.person_id,
        data=one.submission.data,
        recorded_at=recorded_at,
        trace=one.submission.trace,
    )


async def take_movements(
    connection: Connection, disputed: Disputed, *, taken: Mapping[UUID, Whose]
) -> dict[UUID, tuple[NewEvent, ...]]:
    """Settle who has each movement; what to publish with the event of each statement, by its id.

    The caller has stored the statements, and so locked the movements: nobody states more of them meanwhile.
    """
    survivors = await movements.survivors_of(connection, {identity for identity, _ in taken.values()})
    published = await movements.published_of(connection, set(survivors.values()))
    held = {person_id: held_by(person_id, events) for person_id, events in published.items()}
    events: dict[UUID, tuple[NewEvent, ...]] = {}
    settled: dict[UUID, Whose] = {}
    for movement_id, statements in disputed.items():
        holding: Holding | None = None
        if movement_id in taken:
            identity, decided_at = taken[movement_id]
            person_id = survivors.get(identity, identity)
            known = held.get(person_id, {}).get(movement_id, ())
            holding = Holding(
                identity=identity, person_id=person_id, statements=tuple(known), decided_at=decided_at
            )
        for statement in statements:
            after = take(holding, statement, new_ids())
            holding, events[statement.event_id] = after.holding, after.events
        if holding is not None:
            settled[movement_id] = (holding.identity, holding.decided_at)
    await movements.settle(connection, settled)
    return events


def new_ids() -> Iterator[UUID]:
    """Ids of events that nobody sent."""
    while True:
        yield new_id()
