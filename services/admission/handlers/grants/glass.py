"""Breaks the glass: for an hour an establishment sees all of a person, with a reason, and seen itself."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from msgspec import Struct

from services.admission.domain.grants import BROKEN_FOR, Grant
from services.admission.domain.identifiers import NotAnInsError
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.find_person import indexes_of
from services.admission.handlers.grants.publish import publish, signer_of
from services.admission.handlers.grants.said import opened, sealed
from services.admission.handlers.grants.whom import lock_whom
from services.admission.storage import grants
from services.admission.storage.persons import owners_of
from shared.database.transaction import transaction
from shared.security.audit.access import note
from shared.security.principal import Principal
from shared.telemetry import metrics


class Emergency(Struct, frozen=True, kw_only=True):
    """Why somebody must see everything of a person; who and why is sealed."""

    authority: str
    value: str
    by: str
    reason: str


class SeenGlass(Struct, frozen=True, kw_only=True):
    """That a glass was broken, as an establishment that it concerns sees it."""

    grant_id: UUID
    person_id: UUID
    establishment: str
    begins_at: datetime
    ends_at: datetime
    by: str | None = None
    """As the caller's own establishment stated it; others' names and reasons are theirs."""
    reason: str | None = None


async def break_glass(
    dependencies: Dependencies, emergency: Emergency, *, breaker: Principal, establishment: str
) -> Grant | None:
    """Grant everything for an hour; `None` when the number means nobody. Raises NobodySigns."""
    signer_of(dependencies)
    person_id = await _anybody(dependencies, emergency, breaker)
    if person_id is None:
        metrics.glasses_broken_total.labels("nobody").inc()
        return None
    now, grant_id = dependencies.clock(), uuid4()
    note(person_id, why="break_the_glass", object_id=grant_id)
    async with transaction(dependencies.pool) as connection:
        grant = Grant(
            grant_id=grant_id,
            revision=1,
            basis="break_the_glass",
            subject=await lock_whom(connection, person_id),
            person_id=person_id,
            establishments=(establishment,),
            of=(),
            begins_at=now,
            ends_at=now + BROKEN_FOR,
            declared_by=establishment,
            key_id=breaker.key_id,
        )
        key = await grants.key_of(connection, person_id)
        said = sealed(dependencies, key, grant_id, {"by": emergency.by, "reason": emergency.reason})
        await publish(dependencies, connection, grant, said=said)
    metrics.glasses_broken_total.labels("broken").inc()
    return grant


async def list_glasses(
    dependencies: Dependencies, *, officer: Principal, before: tuple[datetime, UUID], limit: int
) -> list[SeenGlass]:
    """The broken glasses of the officer's establishments, and those about persons of whom they state
    something; of the others only that it happened. All of them for an operator of the platform."""
    own = officer.establishments
    found = await grants.broken_before(
        dependencies.pool, before, None if officer.is_platform_operator else own, limit=limit
    )
    note(*(each.person_id for each in found))
    return [_seen(dependencies, each, own) for each in found]


def _seen(dependencies: Dependencies, broken: grants.BrokenGlass, own: Sequence[str]) -> SeenGlass:
    said: dict[str, str] = {}
    if broken.declared_by in own:
        said = opened(dependencies, broken.wrapped_key, broken.grant_id, broken.said)
    return SeenGlass(
        grant_id=broken.grant_id,
        person_id=broken.person_id,
        establishment=broken.declared_by,
        begins_at=broken.begins_at,
        ends_at=broken.ends_at,
        by=said.get("by"),
        reason=said.get("reason"),
    )


async def _anybody(dependencies: Dependencies, emergency: Emergency, breaker: Principal) -> UUID | None:
    """Whom the number means, whoever stated something of them."""
    try:
        indexes = await indexes_of(dependencies, emergency.authority, emergency.value, breaker.establishments)
    except NotAnInsError:
        return None
    owners = await owners_of(dependencies.pool, indexes)
    return owners[0].identity if owners else None
