"""Deletes stays: cancels all that was stated of them, and keeps for what comes later that they are deleted.

Each movement gets a cancel of its own, so every consumer of any release follows, and takes back what it told.
The caller holds the lock of identities: no batch stores a movement between the look and the commit.
"""

from uuid import UUID

from services.admission.domain.checks import order_of
from services.admission.domain.identifiers import Person
from services.admission.domain.identities.deletion import DeletedStay, cancel_event, look
from services.admission.domain.identities.reassignment import held_by
from services.admission.domain.identities.statement import StatementMark, StayDeletion
from services.admission.handlers.accept_movement import tolerance_of
from services.admission.handlers.identities.own_numbers import OwnNumbers
from services.admission.storage.identities import deleted_stays, movements
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
    deleted = {
        stay_id: DeletedStay(stay_id=stay_id, emitted_at=emitted_at, source_id=source_id)
        for stay_id in dict.fromkeys(numbers.opaque_id("stay", each) for each in statement.stay_ids)
    }
    await deleted_stays.keep(connection, list(deleted.values()), person_id=person.identity)
    moved = await movements.survivors_of(connection, await deleted_stays.moved_to(connection, deleted))
    published = await movements.published_of(connection, {person.person_id, *moved.values()})
    marks: list[StatementMark] = []
    known: set[UUID] = set()
    cancels: list[NewEvent] = []
    for person_id, events in published.items():
        found = look(held_by(person_id, events).values(), deleted)
        known |= found.stay_ids
        marks += ["superseded"] if found.has_newer else []
        cancels += (
            cancel_event(
                movement,
                deleted[movement.stay_id],
                event_id=new_id(),
                subject=person_id,
                trace=tracing.current_trace(),
            )
            for movement in found.covered
        )
    await append(connection, publisher=ADMISSION, events=cancels, recorded_at=now)
    if known != deleted.keys():
        marks = ["not_stated_yet"]
    elif cancels:
        marks = []
    return person, tuple(dict.fromkeys(marks)) if marks or cancels else ("nothing_changed",)
