"""Parts a person whom a number alone joined to another, where somebody decided that they are two."""

from typing import Final
from uuid import UUID, uuid4

from services.admission.domain.identifiers import Person
from services.admission.domain.identities.reassignment import held_by
from services.admission.domain.identities.work_item import WorkItem
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.reassign import Move, move_movements
from services.admission.storage.directory.affiliations import affiliations_of
from services.admission.storage.identities import movements, statements
from shared.database.pool import Connection

_CONTEXT: Final = statements.STATEMENT_CONTEXT


async def part_person(dependencies: Dependencies, connection: Connection, item: WorkItem) -> UUID:
    """Give numbers and movements of those whom the INS joined to a new person; who that is.

    Where it does not show who joined whom, those of the establishment that was named first go.
    """
    affiliations = await affiliations_of(connection, item.establishments)
    scopes = {
        each: {each, *affiliations[each].shared_domains.values()} if each in affiliations else {each}
        for each in item.establishments
    }
    joined = await statements.joined_scopes(connection, item.person_id)
    leaving = [each for each in item.establishments if scopes[each] & joined]
    if len(leaving) in (0, len(item.establishments)):
        leaving = [item.establishments[0]]
    person = Person(uuid4(), dependencies.vault.new_key())
    await statements.add_person(connection, person)
    of_leaving = set().union(*(scopes[each] for each in leaving))
    await statements.hand_over(connection, item.person_id, person.person_id, scopes=of_leaving)
    await _seal_again(dependencies, connection, item.person_id, person, leaving)
    holders = await movements.survivors_of(connection, {item.person_id})
    published = await movements.published_of(connection, set(holders.values()))
    held = {
        movement_id
        for holder, events in published.items()
        for movement_id, stated in held_by(holder, events).items()
        if stated[-1].data.establishment in leaving
    }
    whose = await movements.whose(connection, held)
    theirs = [movement_id for movement_id, identity in whose.items() if identity == item.person_id]
    await move_movements(dependencies, connection, Move(movement_ids=theirs, to_person=person.person_id))
    return person.person_id


async def _seal_again(
    dependencies: Dependencies, connection: Connection, former: UUID, person: Person, leaving: list[str]
) -> None:
    """The traits that they stated without a movement are the new person's, sealed with that one's key."""
    for stated in await statements.stated_traits(connection, former, leaving):
        context = _CONTEXT + stated.receipt_id.bytes
        body = dependencies.vault.decrypt(stated.wrapped_key, stated.record, context=context)
        record = dependencies.vault.encrypt(person.wrapped_key, body, context=context)
        await statements.seal_again(connection, stated.receipt_id, person.person_id, record)
