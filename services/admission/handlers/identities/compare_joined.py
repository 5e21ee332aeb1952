"""Raises a work item where establishments that an INS joined state other traits of the person by now.

The machine never separates anybody; an item whose traits agree again it closes, with that reason. Who
disagrees is a function of what each establishment stated last, so it does not matter which of the statements
came first (decision 0060).
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from services.admission.domain.identities.disagreement import Disagreement, disagreement_of
from services.admission.domain.identities.work_item import MACHINE, Decision, Evidence, WorkItem
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.known_traits import LastStated, last_stated
from services.admission.storage.identities import merges, trait_checks, work_items
from services.admission.storage.identities.movements import await_submissions
from services.admission.storage.identities.trait_checks import Position
from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.runtime.ids import new_id

ROWS_AT_ONCE: Final = 10_000
AGREE_AGAIN: Final = "the traits that the establishments state agree again"


async def compare_joined(dependencies: Dependencies) -> bool:
    """Compare those of whom something was stated since the last time; whether there is more to compare."""
    until = await _all_committed(dependencies)
    async with transaction(dependencies.pool) as connection:
        since = await trait_checks.compared_until(connection)
        if since is None or since == until:
            return False
        persons, position = await trait_checks.joined_since(connection, since, until, limit=ROWS_AT_ONCE)
        known = await last_stated(dependencies, connection, persons) if persons else {}
        disagreements = {person_id: disagreement_of(stated.traits) for person_id, stated in known.items()}
        for person_id, found in disagreements.items():
            if found is not None:
                items = await _items(dependencies, connection, person_id, known[person_id], found)
                await work_items.doubt(connection, items)
        await _close_agreeing(dependencies, connection, disagreements)
        await trait_checks.keep(connection, position)
    return position != until


async def _close_agreeing(
    dependencies: Dependencies, connection: Connection, disagreements: Mapping[UUID, Disagreement | None]
) -> None:
    agreed = Decision(verdict="same_person", author=MACHINE, reason=AGREE_AGAIN, at=dependencies.clock())
    for person_id, item in await work_items.open_about(connection, list(disagreements)):
        found = disagreements[person_id]
        if found is None or not found.is_between(item.establishments):
            await work_items.decide(connection, item.work_item_id, agreed)


async def _all_committed(dependencies: Dependencies) -> Position:
    async with transaction(dependencies.pool) as connection:
        await await_submissions(connection)
        return await trait_checks.newest(connection)


async def _items(
    dependencies: Dependencies,
    connection: Connection,
    person_id: UUID,
    stated: LastStated,
    found: Disagreement,
) -> Sequence[WorkItem]:
    """The items by which they became one; where no two persons did, one about the person alone."""
    holding = [merge.merge_id for merge in await merges.connected(connection, [person_id])]
    pairs = [
        (each.person_id, each.other_person_id)
        for each in await work_items.known(connection, holding)
        if found.is_between(each.establishments)
    ]
    return [
        WorkItem(
            work_item_id=new_id(),
            finding="different_persons",
            state="open",
            person_id=one,
            other_person_id=other,
            establishments=found.establishments,
            evidence=tuple(
                Evidence(establishment=each, receipt_id=stated.receipts[each])
                for each in found.establishments
            ),
            disagreeing=found.disagreeing,
            unknown=found.unknown,
            found_at=dependencies.clock(),
        )
        for one, other in pairs or [(person_id, person_id)]
    ]
