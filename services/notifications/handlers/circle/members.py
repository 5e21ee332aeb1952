"""Reads and revokes members of a care circle: an establishment's own, or others' once the glass is broken.

Everything about a member is stored encrypted with the person's key.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import (
    Basis,
    Carer,
    Consent,
    Contact,
    Preferences,
    Professional,
)
from services.notifications.handlers.circle.access import rights_over
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.plan import plan
from services.notifications.storage.circle import access, enrolment, invitations, members
from services.notifications.storage.circle.members import EncryptedMember, MemberKey
from services.notifications.storage.obligations import rows
from shared.database.pool import Executor
from shared.database.transaction import transaction
from shared.security.policy.operations import Operation
from shared.security.principal import Principal


class CarerView(msgspec.Struct, frozen=True, kw_only=True):
    """A carer as the circle holds them now."""

    carer_id: UUID
    member_id: UUID
    """The recipient that obligations name; a new one each time a carer joins."""
    joined_at: datetime
    declared_by: str
    carer: Carer
    created: bool = False
    """Whether this very call enrolled the carer (the API answers 201 then, 200 otherwise)."""


class ProfessionalView(msgspec.Struct, frozen=True, kw_only=True):
    """A professional as the circle holds them now."""

    establishment: str
    member_id: UUID
    joined_at: datetime
    declared_by: str
    professional: Professional
    created: bool = False
    """Whether this very call enrolled the professional."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a member, carer or professional, in clear."""

    alias: str | None
    consent: Consent | None
    basis: Basis
    contacts: tuple[Contact, ...]
    preferences: Preferences


class EnrolledMember(msgspec.Struct, frozen=True, kw_only=True):
    """A membership, encrypted and in clear."""

    encrypted: EncryptedMember
    member: Member
    created: bool = False


async def get_carer(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, carer_id: UUID
) -> CarerView | None:
    """The carer with their contacts in clear, for whoever declared them."""
    key = MemberKey(person_id=person_id, carer_id=carer_id)
    return carer_view(carer_id, await _read(dependencies, key, principal=principal))


async def delete_carer(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, carer_id: UUID
) -> bool:
    """Revoke: nothing is sent from now on, the contacts are erased; false when there is no such carer."""
    return await _revoke(dependencies, MemberKey(person_id=person_id, carer_id=carer_id), principal=principal)


async def get_professional(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, establishment: str
) -> ProfessionalView | None:
    """The professional with their contacts in clear."""
    key = MemberKey(person_id=person_id, establishment=establishment)
    return professional_view(establishment, await _read(dependencies, key, principal=principal))


async def delete_professional(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, establishment: str
) -> bool:
    """Revoke; false when there is no such professional."""
    return await _revoke(
        dependencies, MemberKey(person_id=person_id, establishment=establishment), principal=principal
    )


async def _read(dependencies: Dependencies, key: MemberKey, *, principal: Principal) -> EnrolledMember | None:
    """The member in clear, for whoever declared them, or broke the glass."""
    stored = await _find(dependencies, dependencies.pool, key, "read_circle", principal=principal)
    if stored is None or stored.wrapped_key is None:
        return None
    return decrypt_member(dependencies, stored.wrapped_key, stored, created=False)


async def _find(
    dependencies: Dependencies,
    connection: Executor,
    key: MemberKey,
    operation: Operation,
    *,
    principal: Principal,
) -> EncryptedMember | None:
    """The member, if the caller may see and change them.

    Whom an establishment declared stays its own, also when its stay turns out never to have been: how else
    would it take back what it declared of the wrong person?
    """
    own = principal.establishments
    stored = await members.find(connection, key, declared_by=own)
    if stored is not None:
        return stored
    known = await rights_over(
        dependencies, connection, operation, principal=principal, person_id=key.person_id
    )
    others = known is not None and known[1].has_broken_glass
    return await members.find(connection, key, declared_by=own, or_others=others)


async def _revoke(dependencies: Dependencies, key: MemberKey, *, principal: Principal) -> bool:
    """End the membership: whatever is still open for them is suppressed in the same transaction."""
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        await access.person(connection, key.person_id, locked=True)
        stored = await _find(dependencies, connection, key, "change_circle", principal=principal)
        if stored is None:
            return False
        await rows.lock_open(connection, [key.person_id])
        await enrolment.revoke(connection, stored.member_id, now=now)
        await invitations.withdraw(connection, key.person_id)
        await plan(dependencies, connection, [key.person_id])
    return True


def carer_view(carer_id: UUID, found: EnrolledMember | None) -> CarerView | None:
    """The member as a carer; `None` when there is no member, or one who is none."""
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
        member_id=found.encrypted.member_id,
        joined_at=found.encrypted.joined_at,
        declared_by=found.encrypted.declared_by,
        carer=carer,
        created=found.created,
    )


def professional_view(establishment: str, found: EnrolledMember | None) -> ProfessionalView | None:
    """The member as a professional; `None` when there is no member."""
    if found is None:
        return None
    member = found.member
    return ProfessionalView(
        establishment=establishment,
        member_id=found.encrypted.member_id,
        joined_at=found.encrypted.joined_at,
        declared_by=found.encrypted.declared_by,
        professional=Professional(basis=member.basis, contacts=member.contacts, consent=member.consent),
        created=found.created,
    )


def decrypt_member(
    dependencies: Dependencies, wrapped_key: bytes, encrypted: EncryptedMember, *, created: bool
) -> EnrolledMember:
    """The member in clear; raises `Undecipherable`."""
    vault, member_id = dependencies.vault, encrypted.member_id
    alias = encrypted.alias and vault.decrypt(
        wrapped_key, encrypted.alias, context=members.alias_context(member_id)
    )
    consent = encrypted.consent and vault.decrypt(
        wrapped_key, encrypted.consent, context=members.consent_context(member_id)
    )
    contacts = [
        (
            each,
            vault.decrypt(wrapped_key, each.value, context=members.contact_context(member_id, each.channel)),
        )
        for each in encrypted.contacts
    ]
    member = Member(
        alias=alias.decode() if alias else None,
        consent=msgspec.json.decode(consent, type=Consent) if consent else None,
        basis=encrypted.basis,
        contacts=tuple(
            Contact(channel=each.channel, value=value.decode(), state=each.state) for each, value in contacts
        ),
        preferences=Preferences(
            channels=encrypted.channels,
            night=encrypted.night,
            discretion=encrypted.discretion,
            zone=encrypted.zone,
        ),
    )
    return EnrolledMember(encrypted=encrypted, member=member, created=created)


def view_of(
    dependencies: Dependencies, wrapped_key: bytes, key: MemberKey, encrypted: EncryptedMember
) -> CarerView | ProfessionalView | None:
    """The member in clear, as what they are."""
    member = decrypt_member(dependencies, wrapped_key, encrypted, created=False)
    if key.establishment is not None:
        return professional_view(key.establishment, member)
    return None if key.carer_id is None else carer_view(key.carer_id, member)
