"""Lists the circle of a person: how many there are, and those whom the caller may see."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.handlers.circle.access import rights_over
from services.notifications.handlers.circle.members import CarerView, ProfessionalView, view_of
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.circle import access, listing
from shared.security.principal import Principal


class ShownCircle(msgspec.Struct, frozen=True, kw_only=True):
    """How many members a circle has, and some of those whom the caller may see."""

    number_of_carers: int = 0
    number_of_professionals: int = 0
    members: Sequence[CarerView | ProfessionalView] = ()


async def list_circle(
    dependencies: Dependencies,
    *,
    principal: Principal,
    person_id: UUID,
    after: tuple[datetime, UUID],
    limit: int,
) -> ShownCircle | None:
    """Up to `limit` members who joined after (moment, member id), with their contacts in clear.

    Those whom the caller declared; everybody's once the glass is broken. None when the person is none of the
    caller's.
    """
    pool, own = dependencies.pool, principal.establishments
    known = await rights_over(dependencies, pool, "read_circle", principal=principal, person_id=person_id)
    if known is None:
        return None
    person, allowed = known
    persons = [person_id, *person.one_with]  # while persons are one, so are their circles
    carers, professionals = await access.numbers_of(pool, persons)
    declarers = None if allowed.has_broken_glass else own
    stored = await listing.members_of(pool, persons, declared_by=declarers, after=after, limit=limit)
    views = [view_of(dependencies, each.wrapped_key, each.key, each.encrypted) for each in stored]
    return ShownCircle(
        number_of_carers=carers,
        number_of_professionals=professionals,
        members=[view for view in views if view is not None],
    )
