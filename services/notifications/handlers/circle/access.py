"""Asks whether a caller may know of a person's circle, and what they may do with it, as of now."""

from uuid import UUID

from services.notifications.domain.circle.rights import CircleRights, rights
from services.notifications.domain.circle.stays_in_force import own_relations
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.circle import access
from services.notifications.storage.circle.access import KnownPerson
from services.notifications.storage.obligations import facts
from shared.database.pool import Executor
from shared.security.audit.access import note
from shared.security.policy.decide import decide
from shared.security.policy.operations import Operation
from shared.security.principal import Principal
from shared.spine.access.relations import relations_of
from shared.stays.clocks import WARD_CLOCK_AHEAD
from shared.stays.movements import movement_histories
from shared.stays.stays import stays_of


async def rights_over(
    dependencies: Dependencies,
    connection: Executor,
    operation: Operation,
    *,
    principal: Principal,
    person_id: UUID,
    locked: bool = False,
) -> tuple[KnownPerson, CircleRights] | None:
    """The person and the caller's rights; `None` when nobody is known, or nobody of theirs.

    Both take the same way: what is asked, and how often, does not depend on whether there is such a person.
    It is derived each time, from what the caller's establishments stated and what was granted to them, so
    that it ends with a cancelled fact.
    """
    now = dependencies.clock()
    own = sorted(principal.establishments, key=lambda each: each != principal.establishment)
    person = await access.person(connection, person_id, locked=locked)
    persons = [person_id, *(() if person is None else person.one_with)]
    granted = await relations_of(connection, persons, own, at=now)
    shown = {*own, *(each for relation in granted for each in relation.of)}
    stated = await facts.stated_by(connection, persons, shown)
    by_now = now + WARD_CLOCK_AHEAD
    stays = [stay for each in stated.values() for stay in stays_of(movement_histories(each), at=by_now)]
    relations = own_relations(stays, own)
    stating = {stay.start.establishment for stay in stays if not stay.cancelled}
    relations += [each.relation for each in granted if not each.of or each.of & stating]
    decision = decide(principal, operation, relations, at=now)
    note(why=decision.reason or decision.refusal)
    if person is None or not decision.allowed:
        return None
    return person, rights(decision, stays, own, at=now)
