"""Keeps the work list of identities: records doubts, shows them, and carries decisions out.

A merge of a work item has the item's id, so whatever is decided can be decided otherwise later.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from services.admission.domain.doubts import Doubt
from services.admission.domain.identifiers import Owner, Person
from services.admission.domain.identities.work_item import (
    MACHINE,
    Decision,
    Evidence,
    State,
    Verdict,
    WorkItem,
)
from services.admission.domain.movement import Identifier
from services.admission.domain.movement import Person as StatedPerson
from services.admission.domain.submission import Identified
from services.admission.handlers.accept_movement import stated_number
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.known_traits import LastStated
from services.admission.handlers.identities.neighbours import concerned_by_merge
from services.admission.handlers.identities.part_person import part_person
from services.admission.handlers.identities.reassign import UnknownMergeError, merge_persons, separate_persons
from services.admission.storage.directory.affiliations import affiliations_of
from services.admission.storage.identities import statements, work_items
from services.admission.storage.identities.movements import lock_identities
from services.admission.storage.identities.work_items import ListKey
from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.runtime.ids import new_id
from shared.security.audit.access import note
from shared.security.principal import Principal

QUALIFIED: Final = "qualified INS, and the strict traits agree"
JOINED_AT_ONCE: Final = 100
FIRST: Final[ListKey] = (datetime.fromisoformat("0001-01-02T00:00:00+00:00"), UUID(int=0))


async def record_doubts(
    connection: Connection,
    identified: Sequence[Identified],
    *,
    compared: Mapping[UUID, LastStated],
    found_at: datetime,
) -> None:
    """Add what a batch of submissions, stored in this transaction, leaves in doubt about its persons."""
    items: list[WorkItem] = []
    for one in identified:
        own = Evidence(establishment=one.submission.data.establishment, receipt_id=one.submission.receipt_id)
        items += items_of(own, one.person, one.doubts, compared=compared, found_at=found_at)
    await record_items(connection, items)


async def record_items(connection: Connection, items: Sequence[WorkItem]) -> None:
    """Add items, one for each two persons."""
    pairs = {frozenset((item.person_id, item.other_person_id)): item for item in items}
    if pairs:
        await work_items.add(connection, list(pairs.values()))


async def list_work_items(
    dependencies: Dependencies, *, reader: Principal, state: State, after: ListKey, limit: int
) -> list[WorkItem]:
    """Up to `limit` items that follow `after`: all for an operator of the platform, otherwise those that
    concern nobody but one's own establishments.

    That a number is known elsewhere, and which traits disagree there, is what an item tells.
    """
    reach = None if reader.is_platform_operator else reader.establishments
    found = await work_items.items_after(
        dependencies.pool, after, state=state, establishments=reach, limit=limit
    )
    note(*(person for item in found for person in (item.person_id, item.other_person_id)))
    return found


async def decide_work_item(
    dependencies: Dependencies,
    work_item_id: UUID,
    *,
    verdict: Verdict,
    author: str,
    reason: str,
    by: Principal,
    ins: Identifier | None = None,
) -> WorkItem | None:
    """Make two persons one, or say that they are two; undoes an earlier decision to the contrary.

    Of two who are two, `ins` is that of the newer one, although it was stated of the other first.
    The item as it is afterwards; `None` when there is none that concerns whoever decides.
    """
    decision = Decision(verdict=verdict, author=by.signature(author), reason=reason, at=dependencies.clock())
    async with transaction(dependencies.pool) as connection:
        await lock_identities(connection)
        item = await work_items.find(connection, work_item_id)
        if item is None or not all(by.may_see(establishment) for establishment in item.establishments):
            return None
        note(item.person_id, item.other_person_id)
        if ins is not None:
            await _give_ins(dependencies, connection, item, ins)
        return await _carry_out(dependencies, connection, item, decision)


async def join_persons(dependencies: Dependencies) -> int:
    """Make those one whom a qualified INS and agreeing traits say are one; how many pairs."""
    found = await work_items.items_after(
        dependencies.pool, FIRST, state="joining", establishments=None, limit=JOINED_AT_ONCE
    )
    decision = Decision(verdict="same_person", author=MACHINE, reason=QUALIFIED, at=dependencies.clock())
    for item in found:
        async with transaction(dependencies.pool) as connection:
            await lock_identities(connection)
            current = await work_items.find(connection, item.work_item_id)
            if current is None or current.state != "joining":
                continue
            if await _is_disputed(connection, current):
                await work_items.leave_open(connection, current.work_item_id, finding="stated_as_one")
            else:
                await _carry_out(dependencies, connection, current, decision)
    return len(found)


async def _is_disputed(connection: Connection, item: WorkItem) -> bool:
    """Whether others know both persons whom the newest statement names as one."""
    establishment = item.evidence[0].establishment
    affiliations = await affiliations_of(connection, [establishment])
    concerned = await concerned_by_merge(
        connection,
        (item.other_person_id, item.person_id),
        establishment=establishment,
        domains=affiliations[establishment].shared_domains.values(),
    )
    return bool(concerned.others)


async def _carry_out(
    dependencies: Dependencies, connection: Connection, item: WorkItem, decision: Decision
) -> WorkItem:
    if item.person_id == item.other_person_id:
        if decision.verdict == "different_persons":
            await _part(dependencies, connection, item, decision)
    elif decision.verdict == "same_person":
        await merge_persons(
            dependencies,
            connection,
            merge_id=item.work_item_id,
            surviving=item.other_person_id,
            merged=item.person_id,
        )
    else:
        with suppress(UnknownMergeError):  # they may never have been one
            await separate_persons(dependencies, connection, merge_id=item.work_item_id)
    await work_items.decide(connection, item.work_item_id, decision)
    return replace(item, state="settled", decisions=(*item.decisions, decision))


async def _part(
    dependencies: Dependencies, connection: Connection, item: WorkItem, decision: Decision
) -> None:
    """Part who was one by a number alone; the two have an item from now on, by which they can be joined."""
    parted = await part_person(dependencies, connection, item)
    pair = replace(item, work_item_id=new_id(), person_id=parted, decisions=())
    await work_items.add(connection, [pair])
    await work_items.decide(connection, pair.work_item_id, decision)


def items_of(
    own: Evidence,
    person: Person,
    doubts: Sequence[Doubt],
    *,
    compared: Mapping[UUID, LastStated],
    found_at: datetime,
) -> list[WorkItem]:
    """What a statement (`own`) about a person leaves in doubt."""
    return [_item(own, person, doubt, compared.get(doubt.other.person_id), found_at) for doubt in doubts]


def _item(
    own: Evidence, person: Person, doubt: Doubt, last: LastStated | None, found_at: datetime
) -> WorkItem:
    evidence = [own]
    if last is not None:
        evidence.append(Evidence(establishment=last.establishment, receipt_id=last.receipt_id))
    return WorkItem(
        work_item_id=new_id(),
        finding=doubt.finding,
        state="joining" if doubt.finding == "join" else "open",
        person_id=person.identity,
        other_person_id=doubt.other.identity,
        establishments=tuple(dict.fromkeys(each.establishment for each in evidence)),
        evidence=tuple(evidence),
        disagreeing=doubt.comparison.disagreeing,
        unknown=doubt.comparison.unknown,
        found_at=found_at,
    )


async def _give_ins(
    dependencies: Dependencies, connection: Connection, item: WorkItem, ins: Identifier
) -> None:
    """The INS means the newer of the two, if it means the other; who states it next is compared (0023)."""
    establishment = item.evidence[0].establishment
    affiliation = (await affiliations_of(connection, [establishment]))[establishment]
    number = stated_number(dependencies.vault, ins, StatedPerson(identifiers=(ins,)), affiliation)
    if number.national is not None:
        owner = Owner(Person(item.person_id, b""), number.scope)
        await statements.give(connection, number.national, owner, former=item.other_person_id)
