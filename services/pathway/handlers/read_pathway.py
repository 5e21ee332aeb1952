"""Reads a person's pathway as one reader may see it."""

from uuid import UUID

from services.pathway.domain.further.showing import further_seen
from services.pathway.domain.showing import Seen, relations_of, seen_by
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.storage import pathways
from shared.security.audit.access import note
from shared.security.policy.decide import decide
from shared.security.principal import Principal
from shared.spine.access import relations as granted


async def read_pathway(dependencies: Dependencies, person_id: UUID, *, principal: Principal) -> Seen | None:
    """What the reader may see of the pathway; `None` when that is nothing.

    A person of others and one who does not exist are looked for by the same statements, of which neither
    fetches anything: they cannot be told apart, by the answer or by the time that it takes.
    """
    pool, own, now = dependencies.pool, principal.establishments, dependencies.clock()
    grants = await granted.relations_of(pool, [person_id], own, at=now)
    is_everybody = principal.is_platform_operator or any(not grant.of for grant in grants)
    reach = [*own, *(establishment for grant in grants for establishment in grant.of)]
    found = await pathways.read_watched(pool, person_id, establishments=None if is_everybody else reach)
    if found is None:
        return None
    pathway, watched = found
    relations = [*relations_of(pathway), *(grant.relation for grant in grants)]
    decision = decide(principal, "read_pathway", relations, at=now)
    note(why=decision.reason or decision.refusal)
    seen = seen_by(pathway, watched, decision=decision, own=own) if decision.allowed else None
    if seen is None or not seen.stays:
        return None
    if not pathway.further_expectations:
        return seen
    stays = {stay.stay_id for stay in seen.stays}
    return seen._replace(further=further_seen(pathway.further_expectations, watched, stays))
