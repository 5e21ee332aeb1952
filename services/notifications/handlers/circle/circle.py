"""Who joins, changes in or leaves a person's care circle? Everyone who joins is told the newest fact."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import Carer, Preferences, Professional
from services.notifications.handlers.circle.membership import Member, Seated, enrol, revoke, seated
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.circle.members import Seat
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
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, carer_id: UUID, carer: Carer
) -> CarerView | None:
    """Enrol a carer, or change what is known of one; none when the person is none of the caller's."""
    member = Member(
        alias=carer.alias,
        consent=carer.consent,
        basis=carer.basis,
        contacts=carer.contacts,
        preferences=carer.preferences,
    )
    seat = Seat(person_id=person_id, carer_id=carer_id)
    return _carer(carer_id, await enrol(dependencies, seat, member, principal=principal))


async def get_carer(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, carer_id: UUID
) -> CarerView | None:
    """The carer with their contacts in clear, for the establishment that manages them."""
    seat = Seat(person_id=person_id, carer_id=carer_id)
    return _carer(carer_id, await seated(dependencies, seat, principal=principal))


async def delete_carer(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, carer_id: UUID
) -> bool:
    """Revoke: nothing is sent from now on, the contacts are erased; false when there is no such carer."""
    return await revoke(dependencies, Seat(person_id=person_id, carer_id=carer_id), principal=principal)


async def put_professional(
    dependencies: Dependencies,
    *,
    principal: Principal,
    person_id: UUID,
    establishment: str,
    professional: Professional,
) -> ProfessionalView | None:
    """Enrol an establishment's desk, or change it; none when the person is none of the caller's."""
    member = Member(
        alias=None,
        consent=professional.consent,
        basis=professional.basis,
        contacts=professional.contacts,
        preferences=Preferences(channels=tuple(contact.channel for contact in professional.contacts)),
    )
    seat = Seat(person_id=person_id, establishment=establishment)
    return _professional(establishment, await enrol(dependencies, seat, member, principal=principal))


async def get_professional(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, establishment: str
) -> ProfessionalView | None:
    """The professional with their contacts in clear."""
    seat = Seat(person_id=person_id, establishment=establishment)
    return _professional(establishment, await seated(dependencies, seat, principal=principal))


async def delete_professional(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, establishment: str
) -> bool:
    """Revoke; false when there is no such professional."""
    return await revoke(
        dependencies, Seat(person_id=person_id, establishment=establishment), principal=principal
    )


def _carer(carer_id: UUID, found: Seated | None) -> CarerView | None:
    if found is None or found.member.alias is None or found.member.consent is None:
        return None
    member = found.member
    carer = Carer(
        alias=found.member.alias,
        consent=found.member.consent,
        contacts=member.contacts,
        basis=member.basis,
        preferences=member.preferences,
    )
    return CarerView(
        carer_id=carer_id,
        member_id=found.sealed.member_id,
        joined_at=found.sealed.joined_at,
        carer=carer,
        created=found.created,
    )


def _professional(establishment: str, found: Seated | None) -> ProfessionalView | None:
    if found is None:
        return None
    member = found.member
    return ProfessionalView(
        establishment=establishment,
        member_id=found.sealed.member_id,
        joined_at=found.sealed.joined_at,
        professional=Professional(basis=member.basis, contacts=member.contacts, consent=member.consent),
        created=found.created,
    )
