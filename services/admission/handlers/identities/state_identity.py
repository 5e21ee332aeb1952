"""Takes what establishments state about identities, each once, and carries it out in the same transaction.

Statements about numbers may come in any order, before the movements of those numbers, and more than once: a
number that nobody has yet becomes a person's here, so that movements which come later find the right one. A
move is of what was emitted before it was made, also where that comes later; the receipt says when it does.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from msgspec import Struct

from services.admission.domain.identifiers import Owner, Person
from services.admission.domain.identities.statement import (
    Action,
    IdentityReceipt,
    MoveStatement,
    NumberChange,
    NumberDeletion,
    PairStatement,
    Statement,
    StatementMark,
    TraitsStatement,
)
from services.admission.domain.identities.work_item import Evidence
from services.admission.domain.movement import Identifier
from services.admission.domain.submission import content_sha256
from services.admission.handlers.accept_movement import ask_for_affiliations
from services.admission.handlers.commit_submissions import LinkedMeanwhile
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.disputed_merges import DisputedMerge, record_disputed_merge
from services.admission.handlers.identities.end_number import end_number
from services.admission.handlers.identities.neighbours import Concerned, concerned_by_merge
from services.admission.handlers.identities.own_numbers import OwnNumbers
from services.admission.handlers.identities.reassign import (
    Move,
    UnknownMergeError,
    free_merge_id,
    is_merged,
    merge_persons,
    move_movements,
    movements_of_stay,
    separate_persons,
)
from services.admission.handlers.identities.recognise import Recognised, recognise
from services.admission.handlers.identities.take_movements import stated_before
from services.admission.handlers.identities.work_items import items_of, record_items
from services.admission.storage.identities import movements, statements
from services.admission.storage.identities.statements import StatementRow
from shared.database.transaction import transaction
from shared.runtime.ids import new_id
from shared.security.audit.access import entry_of
from shared.security.audit.entry import Entry
from shared.security.principal import Principal
from shared.spine.audit import entries as audit


class StatementAccepted(Struct, frozen=True):
    """The receipt, and whether the same statement was stored before."""

    receipt: IdentityReceipt
    is_repeated: bool


class StatementConflict(Struct, frozen=True):
    """Something else was stored under this source event id; both digests are hexadecimal SHA-256."""

    stored_sha256: str
    given_sha256: str


class _Effect(Struct, frozen=True, kw_only=True):
    person: Person
    """Whose the number to go on with is: the receipt names them, and the record is sealed with their key."""
    marks: tuple[StatementMark, ...] = ()
    merge_id: UUID | None = None
    disputed: DisputedMerge | None = None
    recognised: Recognised | None = None


async def state_identity(
    dependencies: Dependencies,
    action: Action,
    statement: Statement,
    *,
    body: bytes,
    source: Principal,
    content: bytes | None = None,
) -> StatementAccepted | StatementConflict:
    """Carry the statement out, unless it was before; raises what `content_sha256` raises.

    `content` is the digest by which it is known again, where that is not the one of `body`.
    """
    digest = sha256(action.encode() + (content or content_sha256(body))).hexdigest()
    await ask_for_affiliations(dependencies, [statement.establishment])
    while True:
        try:
            return await _state_once(dependencies, action, statement, body=body, digest=digest, source=source)
        except LinkedMeanwhile:
            continue


async def _state_once(
    dependencies: Dependencies,
    action: Action,
    statement: Statement,
    *,
    body: bytes,
    digest: str,
    source: Principal,
) -> StatementAccepted | StatementConflict:
    affiliation = dependencies.affiliations[statement.establishment]
    async with dependencies.chains.lent() as chain, transaction(dependencies.pool) as connection:
        if isinstance(statement, TraitsStatement):
            # It only adds numbers, as movements do: nothing that anybody remembers is void.
            await movements.share_identities(connection, f"{source.source_id} {statement.source_event_id}")
        else:
            await movements.lock_identities(connection)
        stored = await statements.receipt_of(connection, source.source_id, statement.source_event_id)
        if stored is not None and stored.content_sha256 != digest:
            return StatementConflict(stored.content_sha256, digest)
        if stored is not None:
            access = _access(source, stored, "repeated", at=dependencies.clock())
            await audit.add(connection, chain.extend([access]))
            return StatementAccepted(stored, is_repeated=True)
        numbers = OwnNumbers(dependencies, connection, affiliation)
        effect = await _carry_out(numbers, action, statement)
        receipt = IdentityReceipt(
            receipt_id=new_id(),
            source_event_id=statement.source_event_id,
            action=action,
            person_id=effect.person.person_id,
            accepted_at=dependencies.clock(),
            content_sha256=digest,
            marks=effect.marks,
        )
        record = dependencies.vault.encrypt(
            effect.person.wrapped_key, body, context=statements.STATEMENT_CONTEXT + receipt.receipt_id.bytes
        )
        row = StatementRow(
            source_id=source.source_id,
            establishment=statement.establishment,
            emitted_at=statement.emitted_at,
            merge_id=effect.merge_id,
            record=record,
        )
        await statements.add(connection, row, receipt)
        access = _access(source, receipt, "states", at=receipt.accepted_at)
        await audit.add(connection, chain.extend([access]))
        if effect.disputed is not None:
            await record_disputed_merge(dependencies, connection, effect.disputed, receipt=receipt)
        if effect.recognised is not None:
            found = effect.recognised
            own = Evidence(establishment=statement.establishment, receipt_id=receipt.receipt_id)
            items = items_of(
                own, found.person, found.doubts, compared=found.compared, found_at=receipt.accepted_at
            )
            await record_items(connection, items)
    return StatementAccepted(receipt, is_repeated=False)


def _access(source: Principal, receipt: IdentityReceipt, why: str, *, at: datetime) -> Entry:
    """The entry of the audit, whatever door the statement came by."""
    return entry_of(
        source,
        "state_identity",
        "done",
        at=at,
        access_id=receipt.receipt_id,
        person_id=receipt.person_id,
        object_id=receipt.receipt_id,
        why=why,
    )


async def _carry_out(numbers: OwnNumbers, action: Action, statement: Statement) -> _Effect:
    match statement:
        case PairStatement():
            return await _pair(numbers, action, statement)
        case MoveStatement():
            return await _move(numbers, statement)
        case NumberChange():
            return await _change(numbers, statement)
        case NumberDeletion():
            return await _delete(numbers, statement.number)
        case TraitsStatement():
            found = await recognise(numbers, statement)
            marks: tuple[StatementMark, ...] = ("identity_conflict",) if found.is_conflict else ()
            return _Effect(person=found.person, marks=marks, recognised=found)
    raise TypeError(type(statement).__name__)


async def _pair(numbers: OwnNumbers, action: Action, statement: PairStatement) -> _Effect:
    surviving = await numbers.owner_or_new(statement.surviving)
    merged = await numbers.owner_or_new(statement.merged)
    pair = (surviving.identity, merged.identity)
    # The pair has one merge, whichever number was named first; linking is another statement than merging.
    kind = "merge" if action in {"merge", "unmerge"} else "link"
    indexes = sorted(numbers.of(each).local.hex() for each in (statement.surviving, statement.merged))
    merge_id = numbers.opaque_id(kind, *indexes)
    # A number may mean another person by now: then the merge of those whom it meant stays theirs.
    of_persons = numbers.opaque_id(kind, *indexes, *sorted(map(str, pair)))
    newest = await statements.newest_emitted_at(numbers.connection, merge_id)
    concerned = await concerned_by_merge(
        numbers.connection,
        pair,
        establishment=statement.establishment,
        # Several establishments give the numbers of a shared domain, and speak for each other there.
        domains={numbers.of(statement.surviving).scope} & {numbers.of(statement.merged).scope},
    )
    free_id = await free_merge_id(numbers.connection, (merge_id, of_persons), pair)
    marks: Sequence[StatementMark] = ()
    disputed: DisputedMerge | None = None
    if newest is not None and newest > statement.emitted_at:
        marks = ("superseded",)
    elif action in {"unmerge", "unlink"}:
        marks = await _separate(numbers, (merge_id, of_persons), concerned)
    elif pair[0] == pair[1] or (concerned.others and surviving.person_id == merged.person_id):
        marks = ("nothing_changed",)
    elif concerned.others:
        marks = ("identity_conflict",)
        disputed = DisputedMerge(*pair, statement.establishment, concerned.others)
    elif await is_merged(numbers.connection, free_id):
        marks = ("nothing_changed",)
    else:
        await merge_persons(
            numbers.dependencies,
            numbers.connection,
            merge_id=free_id,
            surviving=pair[0],
            merged=pair[1],
            stated_by=statement.establishment,
            own=concerned.own,
        )
    person = await numbers.owner_or_new(statement.surviving)
    return _Effect(person=person, marks=tuple(marks), merge_id=merge_id, disputed=disputed)


async def _separate(
    numbers: OwnNumbers, merge_ids: Sequence[UUID], concerned: Concerned
) -> Sequence[StatementMark]:
    marks: Sequence[StatementMark] = ("nothing_changed",)
    for merge_id in merge_ids:
        with suppress(UnknownMergeError):
            await separate_persons(
                numbers.dependencies, numbers.connection, merge_id=merge_id, own=concerned.own
            )
            marks = ()
    return marks


async def _move(numbers: OwnNumbers, statement: MoveStatement) -> _Effect:
    to = await numbers.owner_or_new(statement.to)
    former = await numbers.owner_or_new(statement.former)
    movement_ids = {numbers.opaque_id("movement", each) for each in statement.movement_ids}
    stay_ids = {numbers.opaque_id("stay", each) for each in statement.stay_ids}
    is_lacking = movement_ids != await stated_before(numbers.connection, movement_ids)
    for stay_id in stay_ids:
        found = await movements_of_stay(numbers.connection, former.person_id, stay_id)
        movement_ids.update(found)
        # A stay that was moved before is there, with another person.
        is_lacking |= not (found or await movements_of_stay(numbers.connection, to.person_id, stay_id))
    move = Move(movement_ids=movement_ids, to_person=to.identity, stay_ids=stay_ids, former=former.identity)
    moved = await move_movements(numbers.dependencies, numbers.connection, move)
    if is_lacking:
        return _Effect(person=to, marks=("not_stated_yet",))
    return _Effect(person=to, marks=() if moved else ("nothing_changed",))


async def _change(numbers: OwnNumbers, statement: NumberChange) -> _Effect:
    former = numbers.of(statement.former)
    number = numbers.of(
        statement.number,
        identity_status=statement.identity_status,
        identity_attributes=statement.identity_attributes,
    )
    person, other = await numbers.owner(former), await numbers.owner(number)
    if person is None:  # the new number came first, or neither is known yet
        person = other or await numbers.owner_or_new(statement.number)
    elif other is not None and other.person_id != person.person_id:
        return _Effect(person=person, marks=("identity_conflict",))  # whose it is, is for a person to say
    owner = Owner(person, number.scope)
    await statements.link(numbers.connection, number.local, owner)
    if number.is_qualified and number.national is not None:
        await statements.link(numbers.connection, number.national, owner)
    await end_number(numbers, statement.former)
    return _Effect(person=person)


async def _delete(numbers: OwnNumbers, identifier: Identifier) -> _Effect:
    number = numbers.of(identifier)
    person = await numbers.owner(number)
    if person is None:
        return _Effect(person=await numbers.new_person(), marks=("nothing_changed",))
    await end_number(numbers, identifier)
    return _Effect(person=person)
