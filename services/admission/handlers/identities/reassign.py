"""Moves movements to the right person, and merges and separates persons, in one transaction each.

Whatever is decided is first written down: whose a movement is before any merge, and which persons are one.
Then everything stated of a movement that another person has than should is stated again under the right one,
and ended under the former. So any order of decisions, and any repetition, gives the same.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.admission.domain.identities.concerned import known_elsewhere
from services.admission.domain.identities.merges import Merge, groups, survivors
from services.admission.domain.identities.reassignment import held_by, reassigned_events
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.grants.follow import follow
from services.admission.handlers.identities.neighbours import establishments_knowing
from services.admission.handlers.identities.take_movements import new_ids
from services.admission.storage.identities import merges, movements
from shared.database.pool import Connection
from shared.events.admission import PersonsMerged, PersonsUnmerged, ReassignmentReason
from shared.events.envelope import NewEvent, RecordedEvent
from shared.events.registry import ADMISSION
from shared.runtime.errors import RelaisError
from shared.spine.outbox.append import append
from shared.telemetry import tracing


class Move(Struct, frozen=True, kw_only=True):
    """Movements and stays that are another person's than whom they were stated of; before any merge."""

    movement_ids: Collection[UUID]
    to_person: UUID
    stay_ids: Collection[UUID] = ()
    former: UUID | None = None
    """Of whom the stays were stated."""


class UnknownMergeError(RelaisError):
    """No persons were ever merged under this id."""


async def move_movements(
    dependencies: Dependencies, connection: Connection, move: Move, *, reason: ReassignmentReason = "moved"
) -> int:
    """Give the movements to a person, and count those that somebody else had.

    What nobody stated yet is that person's when it comes. A statement that its source emits later, and that
    names somebody else, moves its movement again.
    """
    await movements.lock_identities(connection)
    known = await movements.whose(connection, move.movement_ids)
    before = {movement_id: identity for movement_id, identity in known.items() if identity != move.to_person}
    now = dependencies.clock()
    await movements.settle(connection, dict.fromkeys(known, (move.to_person, now)))
    await movements.expect(connection, {*move.movement_ids} - known.keys(), (move.to_person, now))
    if move.former is not None:
        await movements.move_stays(connection, move.stay_ids, former=move.former, to=move.to_person, at=now)
    holders = await movements.survivors_of(connection, {*before.values(), move.to_person})
    published = await movements.published_of(connection, set(holders.values()))
    events = await _reassignments(connection, published, reason=reason, at=now)
    await append(connection, publisher=ADMISSION, events=events, recorded_at=now)
    return len(before)


async def movements_of_stay(connection: Connection, person_id: UUID, stay_id: UUID) -> list[UUID]:
    """The movements of a stay that a person has: what to move when the stay is somebody else's."""
    published = await movements.published_of(connection, [person_id])
    held = held_by(person_id, published.get(person_id, ()))
    return [movement_id for movement_id, known in held.items() if known[-1].data.stay_id == stay_id]


async def free_merge_id(connection: Connection, merge_ids: Sequence[UUID], pair: tuple[UUID, UUID]) -> UUID:
    """The first of these ids under which nobody else was merged than these two."""
    for merge_id in merge_ids:
        known = await merges.find(connection, merge_id)
        if known is None or {known.surviving, known.merged} == set(pair):
            return merge_id
    return merge_ids[-1]


async def are_one(connection: Connection, one: UUID, other: UUID) -> bool:
    """Whether any merges that hold make them one."""
    return other in groups([one], await merges.connected(connection, [one]))[one]


async def merge_persons(
    dependencies: Dependencies,
    connection: Connection,
    *,
    merge_id: UUID,
    surviving: UUID,
    merged: UUID,
    stated_by: str | None = None,
    own: Set[str] = frozenset(),
) -> Merge:
    """Make two persons one; the same merge again changes nothing.

    Of one whom others than the `own` establishments know and one whom they do not, the former survives.
    """
    await movements.lock_identities(connection)
    known = await merges.find(connection, merge_id)
    if known is not None and known.is_merged:
        return known
    revision = 1 if known is None else known.revision + 1
    merge = Merge(
        merge_id=merge_id,
        surviving=surviving,
        merged=merged,
        revision=revision,
        is_merged=True,
        stated_by=stated_by,
    )
    if known is not None:  # whom a merge is about never changes
        merge = replace(known, revision=revision, is_merged=True)
    return await _save_and_publish_merge(dependencies, connection, merge, reason="merged", own=own)


async def separate_persons(
    dependencies: Dependencies, connection: Connection, *, merge_id: UUID, own: Set[str] = frozenset()
) -> Merge:
    """Undo a merge: what was one person's before, and what was stated of either since, is theirs again.

    Raises UnknownMergeError; a merge that is undone already stays as it is.
    """
    await movements.lock_identities(connection)
    known = await merges.find(connection, merge_id)
    if known is None:
        raise UnknownMergeError
    if not known.is_merged:
        return known
    merge = replace(known, revision=known.revision + 1, is_merged=False)
    return await _save_and_publish_merge(dependencies, connection, merge, reason="separated", own=own)


async def _save_and_publish_merge(
    dependencies: Dependencies,
    connection: Connection,
    merge: Merge,
    *,
    reason: ReassignmentReason,
    own: Set[str],
) -> Merge:
    """Store the merge, and publish it with all that is another person's because of it."""
    now = dependencies.clock()
    pair = {merge.surviving, merge.merged}
    others = [each for each in await merges.connected(connection, pair) if each.merge_id != merge.merge_id]
    concerned = pair | {person_id for each in others for person_id in (each.surviving, each.merged)}
    published = await movements.published_of(connection, concerned)
    knowing = await establishments_knowing(connection, concerned, published)
    anchored = {person_id for person_id in concerned if known_elsewhere([person_id], knowing, own)}
    if merge.revision == 1 and _is_turned(merge, groups(pair, others), anchored):
        merge = replace(merge, surviving=merge.merged, merged=merge.surviving)
    await merges.save(connection, merge)
    await merges.survive(connection, survivors(concerned, [*others, merge], anchored=anchored))
    reassignments = await _reassignments(connection, published, reason=reason, at=now)
    # The merge comes first: whoever reads what follows knows whose circle is concerned.
    granted = await follow(dependencies, connection, concerned, at=now)
    events = [*_merge_events(merge, at=now), *reassignments, *granted]
    await append(connection, publisher=ADMISSION, events=events, recorded_at=now)
    return merge


def _is_turned(merge: Merge, group_of: Mapping[UUID, set[UUID]], anchored: Set[UUID]) -> bool:
    """Whether only the one who would be merged is known to others, who go on to know them as before."""
    return bool(group_of[merge.merged] & anchored) and not group_of[merge.surviving] & anchored


def _merge_events(merge: Merge, *, at: datetime) -> list[NewEvent]:
    payload = (PersonsMerged if merge.is_merged else PersonsUnmerged)(
        merge_id=merge.merge_id,
        surviving=merge.surviving,
        merged=merge.merged,
        revision=merge.revision,
    )
    persons = (merge.surviving, merge.merged)
    return [
        NewEvent(
            event_id=event_id, subject=person_id, occurred_at=at, data=payload, trace=tracing.current_trace()
        )
        for person_id, event_id in zip(persons, new_ids(), strict=False)
    ]


async def _reassignments(
    connection: Connection,
    published: Mapping[UUID, Sequence[RecordedEvent]],
    *,
    reason: ReassignmentReason,
    at: datetime,
) -> list[NewEvent]:
    """Whatever these persons have that is another person's, stated again under that one and ended here."""
    held = [
        (person_id, movement_id, statements)
        for person_id, events in sorted(published.items())
        for movement_id, statements in held_by(person_id, events).items()
    ]
    whose = await movements.whose(connection, [movement_id for _, movement_id, _ in held])
    right = await movements.survivors_of(connection, set(whose.values()))
    return [
        event
        for person_id, movement_id, statements in held
        for event in reassigned_events(
            statements,
            to_person=right.get(whose.get(movement_id, person_id), person_id),
            reason=reason,
            at=at,
            trace=tracing.current_trace(),
            new_ids=new_ids(),
        )
    ]
