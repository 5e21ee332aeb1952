"""Lists the whole circle of a person, for those who manage it."""

from datetime import datetime
from uuid import UUID

from services.notifications.handlers.circle.members import (
    CarerView,
    ProfessionalView,
    carer_view,
    decrypt_member,
    professional_view,
)
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.circle import listing, members
from services.notifications.storage.circle.members import EncryptedMember, MemberKey
from shared.security.principal import Principal


async def list_circle(
    dependencies: Dependencies,
    *,
    principal: Principal,
    person_id: UUID,
    after: tuple[datetime, UUID],
    limit: int,
) -> list[CarerView | ProfessionalView] | None:
    """Up to `limit` members who joined after (moment, member id), with their contacts in clear.

    None when the person is none of the caller's.
    """
    person = await members.visible(dependencies.pool, person_id, members.reach_of(principal))
    if person is None:
        return None
    if person.wrapped_key is None:
        return []  # nobody was ever enrolled
    stored = await listing.members_of(dependencies.pool, person_id, after=after, limit=limit)
    views = [_view(dependencies, person.wrapped_key, key, encrypted) for key, encrypted in stored]
    return [view for view in views if view is not None]


def _view(
    dependencies: Dependencies, wrapped_key: bytes, key: MemberKey, encrypted: EncryptedMember
) -> CarerView | ProfessionalView | None:
    member = decrypt_member(dependencies, wrapped_key, encrypted, created=False)
    if key.establishment is not None:
        return professional_view(key.establishment, member)
    return None if key.carer_id is None else carer_view(key.carer_id, member)
