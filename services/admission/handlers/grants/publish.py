"""Stores and publishes grants, signed, in the transaction of whoever decided them."""

from datetime import datetime
from uuid import UUID, uuid4

from msgspec.structs import replace

from services.admission.domain.grants import Grant, stated
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage import grants
from shared.database.pool import Connection
from shared.events.envelope import NewEvent
from shared.events.registry import ADMISSION
from shared.events.relations import RelationEnded, RelationGranted
from shared.runtime.errors import RelaisError
from shared.security.signatures import Signer
from shared.spine.outbox.append import append
from shared.telemetry import tracing


class NobodySigns(RelaisError):  # noqa: N818
    """This admission has no key to sign grants with, so nobody would believe them."""


def signer_of(dependencies: Dependencies) -> Signer:
    """Who signs; raises `NobodySigns`."""
    if dependencies.signer is None:
        raise NobodySigns
    return dependencies.signer


async def publish(
    dependencies: Dependencies, connection: Connection, grant: Grant, *, said: bytes | None = None
) -> None:
    """Store a new grant, or one that has changed, and publish it."""
    signer, now = signer_of(dependencies), dependencies.clock()
    await grants.save(connection, grant, said)
    event = event_of(grant.subject, signer.granted(grant.subject, stated(grant)), at=now)
    await append(connection, publisher=ADMISSION, events=[event], recorded_at=now)


async def end(dependencies: Dependencies, connection: Connection, grant: Grant) -> None:
    """End a grant now; one that ended before stays as it is."""
    if grant.ended_at is not None:
        return
    signer, now = signer_of(dependencies), dependencies.clock()
    ended = replace(grant, revision=grant.revision + 1, ended_at=now)
    await grants.save(connection, ended)
    event = event_of(grant.subject, signer.ended(grant.subject, grant.grant_id, ended.revision), at=now)
    await append(connection, publisher=ADMISSION, events=[event], recorded_at=now)


def event_of(subject: UUID, data: RelationGranted | RelationEnded, *, at: datetime) -> NewEvent:
    """The event that says so."""
    return NewEvent(
        event_id=uuid4(), subject=subject, occurred_at=at, data=data, trace=tracing.current_trace()
    )
