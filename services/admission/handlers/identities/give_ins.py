"""Gives an INS that was stated of the wrong person first to the person whose it is (decision 0023)."""

from services.admission.domain.identifiers import Owner, Person
from services.admission.domain.identities.work_item import WorkItem
from services.admission.domain.movement import Identifier
from services.admission.domain.movement import Person as StatedPerson
from services.admission.handlers.accept_movement import stated_number
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.directory.affiliations import affiliations_of
from services.admission.storage.identities import statements
from shared.database.pool import Connection


async def give_ins(
    dependencies: Dependencies, connection: Connection, item: WorkItem, ins: Identifier
) -> None:
    """The INS means the newer of the two, if it means the other; whoever states it next is compared."""
    establishment = item.evidence[0].establishment
    affiliation = (await affiliations_of(connection, [establishment]))[establishment]
    number = stated_number(dependencies.vault, ins, StatedPerson(identifiers=(ins,)), affiliation)
    if number.national is not None:
        owner = Owner(Person(item.person_id, b""), number.scope)
        await statements.give(connection, number.national, owner, former=item.other_person_id)
