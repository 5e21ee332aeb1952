"""Leaves a merge of two persons whom others know to a person (decision 0027)."""

from uuid import UUID

from msgspec import Struct

from services.admission.domain.identities.statement import IdentityReceipt
from services.admission.domain.identities.work_item import Evidence, WorkItem
from services.admission.domain.traits import compare_identities
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.known_traits import last_stated
from services.admission.storage.identities import work_items
from shared.database.pool import Connection
from shared.runtime.ids import new_id


class DisputedMerge(Struct, frozen=True):
    """Two persons whom an establishment says are one, and the others that know them."""

    surviving: UUID
    merged: UUID
    establishment: str
    others: frozenset[str]


async def record_disputed_merge(
    dependencies: Dependencies, connection: Connection, disputed: DisputedMerge, *, receipt: IdentityReceipt
) -> None:
    """Leave it to a person whether two are one whom others know than the establishment that says so."""
    pair = (disputed.surviving, disputed.merged)
    known = await last_stated(dependencies, connection, pair)
    comparison = compare_identities(*(known[each].traits.values() if each in known else () for each in pair))
    evidence = [Evidence(establishment=disputed.establishment, receipt_id=receipt.receipt_id)]
    evidence += [
        Evidence(establishment=one.establishment, receipt_id=one.receipt_id) for one in known.values()
    ]
    item = WorkItem(
        work_item_id=new_id(),
        finding="stated_as_one",
        state="open",
        person_id=disputed.merged,
        other_person_id=disputed.surviving,
        establishments=(disputed.establishment, *sorted(disputed.others)),
        evidence=tuple(evidence),
        disagreeing=comparison.disagreeing,
        unknown=comparison.unknown,
        found_at=receipt.accepted_at,
    )
    await work_items.add(connection, [item])
