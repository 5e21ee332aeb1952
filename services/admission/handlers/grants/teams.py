"""Declares the team of care of a person (L1110-12 CSP) to whom an establishment shows what it states.

It shows what the declarer states and nothing else: nobody grants themselves a sight of others. Each of a team
that shows the others its part declares it, too.
"""

from datetime import datetime
from uuid import UUID, uuid4

from msgspec import Struct

from services.admission.domain.grants import Grant
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.find_person import find_person
from services.admission.handlers.grants.publish import end, publish, signer_of
from services.admission.handlers.grants.said import sealed
from services.admission.handlers.grants.whom import lock_whom
from services.admission.storage import grants
from shared.database.transaction import transaction
from shared.security.audit.access import note
from shared.security.principal import Principal


class Team(Struct, frozen=True, kw_only=True):
    """A team as its declarer states it; by whom and on what consent is sealed."""

    authority: str
    value: str
    """The person's number, as in a movement of the declarer's own."""
    establishments: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime
    by: str
    consent: str
    """Where the proof of the person's consent is kept."""


async def declare_team(
    dependencies: Dependencies, team: Team, *, declarer: Principal, establishment: str
) -> Grant | None:
    """Grant it, and give it; `None` when the number means nobody of whom the declarer states anything.

    Raises NobodySigns.
    """
    signer_of(dependencies)
    found = await find_person(
        dependencies,
        authority=team.authority,
        value=team.value,
        reader=declarer,
        operation="declare_team",
    )
    if found is None:
        return None
    person_id = found.identity
    grant_id = uuid4()
    note(person_id, why="states", object_id=grant_id)
    async with transaction(dependencies.pool) as connection:
        grant = Grant(
            grant_id=grant_id,
            revision=1,
            basis="team",
            subject=await lock_whom(connection, person_id),
            person_id=person_id,
            establishments=team.establishments,
            of=(establishment,),
            begins_at=team.begins_at,
            ends_at=team.ends_at,
            declared_by=establishment,
            key_id=declarer.key_id,
        )
        key = await grants.key_of(connection, person_id)
        said = sealed(dependencies, key, grant_id, {"by": team.by, "consent": team.consent})
        await publish(dependencies, connection, grant, said=said)
    return grant


async def end_grant(dependencies: Dependencies, grant_id: UUID, *, by: Principal) -> bool:
    """End it at once; false when the caller's establishments made no such grant."""
    async with transaction(dependencies.pool) as connection:
        grant = await grants.lock(connection, grant_id)
        if grant is None:
            return False
        is_own = grant.declared_by is not None and by.is_bound_to(grant.declared_by)
        if not (is_own or by.is_platform_operator):
            return False
        if grant.person_id is not None:
            note(grant.person_id, object_id=grant_id)
        await end(dependencies, connection, grant)
    return True
