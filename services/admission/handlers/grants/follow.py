"""Lets grants follow their persons, where persons become one or turn out not to be."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.admission.domain.grants import stated
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.grants.publish import event_of
from services.admission.storage import grants
from services.admission.storage.identities import movements
from shared.database.pool import Connection
from shared.events.envelope import NewEvent


async def follow(
    dependencies: Dependencies, connection: Connection, person_ids: Collection[UUID], *, at: datetime
) -> list[NewEvent]:
    """What is to be published where persons became one, or are not: their grants move along.

    Each is stated again under whoever has the person's movements now, and ended under the former.
    """
    signer = dependencies.signer
    held = [] if signer is None else await grants.lock_of_persons(connection, person_ids, at=at)
    right = await movements.survivors_of(connection, {each.person_id for each in held if each.person_id})
    events: list[NewEvent] = []
    for grant in held:
        subject = right.get(grant.person_id, grant.subject) if grant.person_id else grant.subject
        if signer is None or subject == grant.subject:
            continue
        moved = replace(grant, revision=grant.revision + 1, subject=subject)
        await grants.save(connection, moved)
        ended = signer.ended(grant.subject, grant.grant_id, moved.revision)
        events += [
            event_of(grant.subject, ended, at=at),
            event_of(subject, signer.granted(subject, stated(moved)), at=at),
        ]
    return events
