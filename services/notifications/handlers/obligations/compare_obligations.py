"""Compares the obligations there are with those that facts made anew would give; plans none.

One that is missing would be planned when the next fact about its person comes.
"""

from collections.abc import Iterable
from functools import reduce
from operator import xor
from typing import Final
from uuid import UUID

from services.notifications.domain.obligations.derivation import derive_obligations
from services.notifications.storage.circle import members
from services.notifications.storage.obligations import enrolled, facts
from shared.database.pool import Pool
from shared.database.transaction import transaction
from shared.spine.rebuild.compare_tables import in_motion
from shared.spine.rebuild.table_comparison import MAX_NAMED, TableComparison, hexadecimal

BATCH_SIZE: Final = 500

ObligationIds = dict[UUID, set[UUID]]
"""Person -> obligations."""


async def compare_obligations(live: Pool, made: Pool) -> list[TableComparison]:
    """Compare the obligations of all persons with a circle, except those of whom an event came meanwhile."""
    there: ObligationIds = {}
    due: ObligationIds = {}
    last: UUID | None = None
    while person_ids := await enrolled.next_persons(live, last, limit=BATCH_SIZE):
        there |= await enrolled.obligation_ids(live, person_ids)
        due |= await _due(live, made, person_ids)
        last = person_ids[-1]
    suspects = [person_id for person_id in due if there.get(person_id, set()) != due[person_id]]
    moving = await in_motion(live, suspects) if suspects else set()
    persons = [person_id for person_id in due if person_id not in moving]
    ours, theirs = _all(there, persons), _all(due, persons)
    return [
        TableComparison(
            table="obligations",
            is_swapped=False,
            live=len(ours),
            made=len(theirs),
            live_digest=_digest(ours),
            made_digest=_digest(theirs),
            only_live=len(ours - theirs),
            only_made=len(theirs - ours),
            different=0,
            persons=tuple(str(each) for each in suspects if each not in moving)[:MAX_NAMED],
        )
    ]


async def _due(live: Pool, made: Pool, person_ids: list[UUID]) -> ObligationIds:
    async with transaction(live) as connection:
        circles = await members.of_persons(connection, person_ids)
    stated = await facts.of_persons(made, person_ids)
    return {
        person_id: {
            each.obligation_id
            for each in derive_obligations(
                stated.get(person_id, ()), [member.recipient for member in circles.get(person_id, ())]
            )
        }
        for person_id in person_ids
    }


def _all(obligation_ids: ObligationIds, persons: Iterable[UUID]) -> set[UUID]:
    return set().union(*(obligation_ids.get(person_id, ()) for person_id in persons))


def _digest(obligation_ids: Iterable[UUID]) -> str:
    return hexadecimal(reduce(xor, (each.int for each in obligation_ids), 0))
