"""Who joins, changes in or leaves a person's care circle? Everyone who joins is told the newest fact."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain.circle import Carer, Professional
from services.notifications.handlers.means import Means
from shared.security.principal import Principal


class CarerView(msgspec.Struct, frozen=True, kw_only=True):
    """A carer as the circle holds them now."""

    carer_id: UUID
    member_id: UUID
    """The recipient that obligations name; a new one each time a carer joins."""
    joined_at: datetime
    carer: Carer
    created: bool = False
    """Whether this very call enrolled the carer (the API answers 201 then, 200 otherwise)."""


class ProfessionalView(msgspec.Struct, frozen=True, kw_only=True):
    """A professional as the circle holds them now."""

    establishment: str
    member_id: UUID
    joined_at: datetime
    professional: Professional
    created: bool = False
    """Whether this very call enrolled the professional."""


async def put_carer(
    means: Means, *, principal: Principal, person_id: UUID, carer_id: UUID, carer: Carer
) -> CarerView | None:
    """Enrol a carer, or change what is known of one; none when the person is none of the caller's."""
    raise NotImplementedError


async def get_carer(
    means: Means, *, principal: Principal, person_id: UUID, carer_id: UUID
) -> CarerView | None:
    """The carer with their contacts in clear, for the establishment that manages them."""
    raise NotImplementedError


async def delete_carer(means: Means, *, principal: Principal, person_id: UUID, carer_id: UUID) -> bool:
    """Revoke: nothing is sent from now on, the contacts are erased; false when there is no such carer."""
    raise NotImplementedError


async def put_professional(
    means: Means, *, principal: Principal, person_id: UUID, establishment: str, professional: Professional
) -> ProfessionalView | None:
    """Enrol an establishment's desk, or change it; none when the person is none of the caller's."""
    raise NotImplementedError


async def get_professional(
    means: Means, *, principal: Principal, person_id: UUID, establishment: str
) -> ProfessionalView | None:
    """The professional with their contacts in clear."""
    raise NotImplementedError


async def delete_professional(
    means: Means, *, principal: Principal, person_id: UUID, establishment: str
) -> bool:
    """Revoke; false when there is no such professional."""
    raise NotImplementedError
