"""Carries out what is stated about identities, in the statement's transaction.

Statements about numbers may come in any order, before the movements of those numbers, and more than once: a
number that nobody has yet becomes a person's here, so that movements which come later find the right one. A
move is of what was emitted before it was made, also where that comes later; the receipt says when it does.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.admission.domain.identifiers import Owner, Person
from services.admission.domain.identities.statement import (
    Action,
    MoveStatement,
    NumberChange,
    NumberDeletion,
    PairStatement,
    Statement,
    StatementMark,
    StayDeletion,
    TraitsStatement,
)
from services.admission.domain.movement import Identifier
from services.admission.handlers.identities.delete_stays import delete_stays
from services.admission.handlers.identities.disputed_merges import DisputedMerge
from services.admission.handlers.identities.end_number import end_number
from services.admission.handlers.identities.later_numbers import is_later_number
from services.admission.handlers.identities.neighbours import Concerned, concerned_by_merge
from services.admission.handlers.identities.own_numbers import OwnNumbers
from services.admission.handlers.identities.reassign import (
    Move,
    are_one,
    free_merge_id,
    merge_persons,
    move_movements,
    movements_of_stay,
    separate_persons,
)
from services.admission.handlers.identities.recognise import Recognised, recognise
from services.admission.handlers.identities.take_movements import stated_before
from services.admission.storage.identities import merges, statements


class Effect(Struct, frozen=True, kw_only=True):
    """What became of a statement."""

    person: Person
    """Whose the number to go on with is: the receipt names them, and the record is sealed with their key."""
    marks: tuple[StatementMark, ...] = ()
    merge_id: UUID | None = None
    other: UUID | None = None
    """Who else is named, by a number that stands in the record."""
    disputed: DisputedMerge | None = None
    recognised: Recognised | None = None


async def carry_out(numbers: OwnNumbers, action: Action, statement: Statement, *, source_id: UUID) -> Effect:
    """What became of it, once it is committed."""
    match statement:
        case PairStatement():
            return await _pair(numbers, action, statement)
        case MoveStatement():
            return await _move(numbers, statement)
        case StayDeletion():
            person, lacking = await delete_stays(numbers, statement, source_id=source_id)
            return Effect(person=person, marks=lacking)
        case NumberChange():
            return await _change(numbers, statement)
        case NumberDeletion():
            return await _delete(numbers, statement.number)
        case TraitsStatement():
            found = await recognise(numbers, statement)
            mark: StatementMark = "identity_conflict" if found.is_conflict else "nothing_changed"
            has_said_all = found.has_effect and not found.is_conflict
            return Effect(person=found.person, marks=() if has_said_all else (mark,), recognised=found)
    raise TypeError(type(statement).__name__)


async def _pair(numbers: OwnNumbers, action: Action, statement: PairStatement) -> Effect:
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
    are_one_already = surviving.person_id == merged.person_id
    marks: tuple[StatementMark, ...] = ()
    disputed: DisputedMerge | None = None
    if newest is not None and newest > statement.emitted_at:
        marks = ("superseded",)
    elif action in {"unmerge", "unlink"}:
        is_separated = await _separate(numbers, (merge_id, of_persons), concerned)
        marks = () if is_separated else ("nothing_changed",)
    elif pair[0] == pair[1] or (concerned.others and are_one_already):
        marks = ("nothing_changed",)
    elif concerned.others:
        marks = ("identity_conflict",)
        disputed = DisputedMerge(*pair, statement.establishment, concerned.others)
    else:
        # It holds by itself from now on, also where the two are one already because of others.
        marks = ("nothing_changed",) if are_one_already else ()
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
    return Effect(person=person, marks=marks, merge_id=merge_id, disputed=disputed)


async def _separate(numbers: OwnNumbers, merge_ids: Sequence[UUID], concerned: Concerned) -> bool:
    """Undo the merges; whether any two that were one because of them are two now."""
    is_separated = False
    for merge_id in merge_ids:
        known = await merges.find(numbers.connection, merge_id)
        if known is None or not known.is_merged:
            continue
        await separate_persons(numbers.dependencies, numbers.connection, merge_id=merge_id, own=concerned.own)
        is_separated |= not await are_one(numbers.connection, known.surviving, known.merged)
    return is_separated


async def _move(numbers: OwnNumbers, statement: MoveStatement) -> Effect:
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
        return Effect(person=to, other=former.identity, marks=("not_stated_yet",))
    return Effect(person=to, other=former.identity, marks=() if moved else ("nothing_changed",))


async def _change(numbers: OwnNumbers, statement: NumberChange) -> Effect:
    former = numbers.of(statement.former)
    number = numbers.of(
        statement.number,
        identity_status=statement.identity_status,
        identity_attributes=statement.identity_attributes,
    )
    person, other = await numbers.owner(former), await numbers.owner(number)
    if person is None:  # the new number came first, or neither is known yet
        person = other or await numbers.owner_or_new(statement.number)
        await statements.had(numbers.connection, former.local, Owner(person, former.scope), until=numbers.at)
    joined: Effect | None = None
    if other is not None and other.person_id != person.person_id:
        if not await is_later_number(numbers, person, other):
            return Effect(person=person, marks=("identity_conflict",))  # whose it is, is for a person to say
        joined = await _pair(numbers, "merge", _as_merge(statement))
        if joined.disputed is not None or "superseded" in joined.marks:
            return joined
        person = joined.person
    owner = Owner(person, number.scope)
    has_effect = await statements.link(numbers.connection, number.local, owner)
    if number.is_qualified and number.national is not None:
        has_effect |= await statements.link(numbers.connection, number.national, owner)
    has_effect |= await end_number(numbers, statement.former)
    if joined is not None:
        return replace(joined, marks=())
    return Effect(person=person, marks=() if has_effect or other is None else ("nothing_changed",))


def _as_merge(statement: NumberChange) -> PairStatement:
    """What it amounts to where both numbers were stated before it came: it can be undone as a merge can."""
    return PairStatement(
        source_event_id=statement.source_event_id,
        establishment=statement.establishment,
        emitted_at=statement.emitted_at,
        surviving=statement.number,
        merged=statement.former,
    )


async def _delete(numbers: OwnNumbers, identifier: Identifier) -> Effect:
    number = numbers.of(identifier)
    person = await numbers.owner(number)
    if person is None:
        return Effect(person=await numbers.new_person(), marks=("nothing_changed",))
    has_effect = await end_number(numbers, identifier)
    return Effect(person=person, marks=() if has_effect else ("nothing_changed",))
