"""Enrols, changes and revokes members of a care circle, and plans what must be told because of it.

Anyone who joins is told the newest fact. Everything about a member is stored encrypted with the person's key.
"""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec
from msgspec.structs import replace

from services.notifications.domain.circle.members import (
    Basis,
    Carer,
    Consent,
    Contact,
    Preferences,
    Professional,
)
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.plan import plan
from services.notifications.storage.circle import enrolment, members
from services.notifications.storage.circle.members import EncryptedContact, EncryptedMember, MemberKey
from services.notifications.storage.obligations import rows
from shared.database.transaction import transaction
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


async def put_carer(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, carer_id: UUID, carer: Carer
) -> CarerView | None:
    """Enrol a carer, or change what is known of one; `None` when the person is none of the caller's."""
    member = Member(
        alias=carer.alias,
        consent=carer.consent,
        basis=carer.basis,
        contacts=carer.contacts,
        preferences=carer.preferences,
    )
    key = MemberKey(person_id=person_id, carer_id=carer_id)
    return carer_view(carer_id, await _enrol(dependencies, key, member, principal=principal))


async def get_carer(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, carer_id: UUID
) -> CarerView | None:
    """The carer with their contacts in clear, for the establishment that manages them."""
    key = MemberKey(person_id=person_id, carer_id=carer_id)
    return carer_view(carer_id, await _read(dependencies, key, principal=principal))


async def delete_carer(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, carer_id: UUID
) -> bool:
    """Revoke: nothing is sent from now on, the contacts are erased; false when there is no such carer."""
    return await _revoke(dependencies, MemberKey(person_id=person_id, carer_id=carer_id), principal=principal)


async def put_professional(
    dependencies: Dependencies,
    *,
    principal: Principal,
    person_id: UUID,
    establishment: str,
    professional: Professional,
) -> ProfessionalView | None:
    """Enrol an establishment's contact, or change it; `None` when the person is none of the caller's."""
    member = Member(
        alias=None,
        consent=professional.consent,
        basis=professional.basis,
        contacts=professional.contacts,
        preferences=Preferences(channels=tuple(contact.channel for contact in professional.contacts)),
    )
    key = MemberKey(person_id=person_id, establishment=establishment)
    return professional_view(establishment, await _enrol(dependencies, key, member, principal=principal))


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


async def _enrol(
    dependencies: Dependencies, key: MemberKey, member: Member, *, principal: Principal
) -> EnrolledMember | None:
    """Enrol the member or change what is known of them; `None` when the person is none of the caller's.

    Anyone who joins is told the newest fact: it is planned in the same transaction. What waits for a known
    member is looked at again: they may have other contacts now, or sleep at other hours.
    """
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        person = await members.lock_visible(connection, key.person_id, members.reach_of(principal))
        if person is None:
            return None
        wrapped_key = person.wrapped_key
        if wrapped_key is None:
            wrapped_key = dependencies.vault.new_key()
            await enrolment.give_key(connection, key.person_id, wrapped_key)
        existing = await members.find(connection, key)
        encrypted = _encrypted(
            dependencies, wrapped_key, member, member_id=existing.member_id if existing else uuid4()
        )
        joined_at = existing.joined_at if existing else now
        await rows.lock_open(connection, [key.person_id])  # before contacts, as recording an answer does
        await enrolment.put(connection, key, replace(encrypted, joined_at=joined_at), now=now)
        await rows.wake_unsent(connection, encrypted.member_id, now=now)
        await plan(dependencies, connection, [key.person_id])
        stored = await members.find(connection, key)
    return (
        None
        if stored is None
        else decrypt_member(dependencies, wrapped_key, stored, created=existing is None)
    )


async def _read(dependencies: Dependencies, key: MemberKey, *, principal: Principal) -> EnrolledMember | None:
    """The member in clear, for those who manage the circle."""
    person = await members.visible(dependencies.pool, key.person_id, members.reach_of(principal))
    if person is None or person.wrapped_key is None:
        return None
    stored = await members.find(dependencies.pool, key)
    return None if stored is None else decrypt_member(dependencies, person.wrapped_key, stored, created=False)


async def _revoke(dependencies: Dependencies, key: MemberKey, *, principal: Principal) -> bool:
    """End the membership: whatever is still open for them is suppressed in the same transaction."""
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        person = await members.lock_visible(connection, key.person_id, members.reach_of(principal))
        stored = await members.find(connection, key) if person is not None else None
        if stored is None:
            return False
        await rows.lock_open(connection, [key.person_id])
        await enrolment.revoke(connection, stored.member_id, now=now)
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
        professional=Professional(basis=member.basis, contacts=member.contacts, consent=member.consent),
        created=found.created,
    )


def _encrypted(
    dependencies: Dependencies, wrapped_key: bytes, member: Member, *, member_id: UUID
) -> EncryptedMember:
    vault = dependencies.vault
    alias, consent = member.alias, member.consent
    return EncryptedMember(
        member_id=member_id,
        joined_at=dependencies.clock(),
        alias=None
        if alias is None
        else vault.encrypt(wrapped_key, alias.encode(), context=members.alias_context(member_id)),
        consent=None
        if consent is None
        else vault.encrypt(
            wrapped_key, msgspec.json.encode(consent), context=members.consent_context(member_id)
        ),
        basis=member.basis,
        channels=member.preferences.channels,
        night=member.preferences.night,
        discretion=member.preferences.discretion,
        zone=member.preferences.zone,
        contacts=tuple(
            EncryptedContact(
                channel=each.channel,
                value=vault.encrypt(
                    wrapped_key,
                    each.value.encode(),
                    context=members.contact_context(member_id, each.channel),
                ),
                value_index=vault.blind_index("contact", each.channel, each.value),
            )
            for each in member.contacts
        ),
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
