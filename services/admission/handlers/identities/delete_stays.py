"""Deletes stays: cancels all that was stated of them, and keeps for what comes later that they are deleted.

Each movement gets a cancel of its own, so every consumer of any release follows, and takes back what it told.
The caller holds the lock of identities: no batch stores a movement between the look and the commit.
"""

from collections.abc import Sequence
from uuid import UUID

from services.admission.domain.checks import order_of
from services.admission.domain.identifiers import Person
from services.admission.domain.identities.deletion import (
    Deleted,
    DeletedStay,
    cancel_event,
    deleted_of,
    look,
    with_cancels,
)
from services.admission.domain.identities.reassignment import StayMove, held_by
from services.admission.domain.identities.statement import StatementMark, StayDeletion
from services.admission.handlers.accept_movement import tolerance_of
from services.admission.handlers.identities.own_numbers import OwnNumbers
from services.admission.handlers.identities.take_movements import new_ids
from services.admission.storage.identities import deleted_stays, movements
from services.admission.storage.submissions import Stored
from shared.database.pool import Connection
from shared.events.envelope import NewEvent
from shared.events.registry import ADMISSION
from shared.runtime.ids import new_id
from shared.spine.outbox.append import append
from shared.telemetry import tracing


async def delete_stays(
    numbers: OwnNumbers, statement: StayDeletion, *, source_id: UUID
) -> tuple[Person, tuple[StatementMark, ...]]:
    """Whose the number is, and what the deletion lacks of its effect."""
    dependencies, connection = numbers.dependencies, numbers.connection
    person = await numbers.owner_or_new(statement.number)
    now = dependencies.clock()
    latest = now + await tolerance_of(dependencies, source_id)
    emitted_at = order_of(statement.emitted_at, latest=latest) or statement.emitted_at
    stay_ids = list(dict.fromkeys(numbers.opaque_id("stay", each) for each in statement.stay_ids))
    stays = [DeletedStay(stay_id, emitted_at, source_id, person.identity) for stay_id in stay_ids]
    await deleted_stays.keep(connection, stays)
    deleted = await _concerned(connection, stays, await deleted_stays.moves_of(connection, stay_ids))
    published = await movements.published_of(connection, {person_id for _, person_id in deleted})
    marks: list[StatementMark] = []
    known: set[UUID] = set()
    cancels: list[NewEvent] = []
    for person_id, events in published.items():
        of_person = {stay_id: stay for (stay_id, whose), stay in deleted.items() if whose == person_id}
        found = look(held_by(person_id, events).values(), of_person)
        known |= found.stay_ids
        marks += ["superseded"] if found.has_newer else []
        cancels += (
            cancel_event(
                movement,
                of_person[movement.stay_id],
                event_id=new_id(),
                subject=person_id,
                trace=tracing.current_trace(),
            )
            for movement in found.covered
        )
    await append(connection, publisher=ADMISSION, events=cancels, recorded_at=now)
    if known != {*stay_ids}:
        marks = ["not_stated_yet"]
    elif cancels:
        marks = []
    return person, tuple(dict.fromkeys(marks)) if marks or cancels else ("nothing_changed",)


async def cancel_late(connection: Connection, events: Sequence[NewEvent], found: Stored) -> list[NewEvent]:
    """The events of a batch, with a cancel before each that comes under a stay that was deleted since."""
    deleted = await _concerned(connection, found.deleted, found.moves)
    return list(with_cancels(events, deleted, new_ids()))


async def _concerned(
    connection: Connection, stays: Sequence[DeletedStay], moves: Sequence[StayMove]
) -> Deleted:
    """Whose stays the deletions concern, after merges; `moves` are those of the stays."""
    persons = {stay.person_id for stay in stays}
    persons |= {person_id for move in moves for person_id in (move.former, move.to_person)}
    return deleted_of(stays, moves, await movements.survivors_of(connection, persons))
