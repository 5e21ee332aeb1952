"""Closes circles of persons whom no establishment cares for, and of whom nothing was stated for a year.

Their members are revoked, so their addresses are erased. Somebody may live in an establishment, or be cared
for at home by one, for years without a movement: while any stay goes on, the circle is kept.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.notifications.domain.circle.stays_in_force import is_cared_for
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.plan import plan
from services.notifications.storage.circle import access, enrolment
from services.notifications.storage.obligations import facts, rows
from services.notifications.storage.retention import CIRCLE_DAYS
from shared.database.transaction import transaction

PAGE: Final = 200


async def close_circles(dependencies: Dependencies) -> int:
    """Close them all, each in a transaction of its own; how many there were."""
    now, last, closed = dependencies.clock(), UUID(int=0), 0
    since = now - timedelta(days=CIRCLE_DAYS)
    while page := await enrolment.silent_since(dependencies.pool, since, after=last, limit=PAGE):
        last = page[-1]
        stated = await facts.of_persons(dependencies.pool, page)
        for person_id in page:
            if not is_cared_for(stated.get(person_id, ()), at=now):
                closed += await _close(dependencies, person_id, since=since, now=now)
    return closed


async def _close(dependencies: Dependencies, person_id: UUID, *, since: datetime, now: datetime) -> bool:
    """Whether nothing was stated until the person was locked, so that the circle is closed."""
    async with transaction(dependencies.pool) as connection:
        await access.person(connection, person_id, locked=True)
        just_before = UUID(int=max(person_id.int - 1, 0))
        if person_id not in await enrolment.silent_since(connection, since, after=just_before, limit=1):
            return False
        await rows.lock_open(connection, [person_id])
        for member_id in await enrolment.members_of(connection, person_id, before=since):
            await enrolment.revoke(connection, member_id, now=now)
        await plan(dependencies, connection, [person_id])
    return True
