"""Enrols members of a care circle, or changes what is known of them, and plans what they must be told.

Anyone who joins is told the newest fact. A member is the declaration of the establishment that enrolled them.
"""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from services.notifications.domain.circle.members import Carer, ContactProof, Preferences, Professional
from services.notifications.handlers.circle.access import rights_over
from services.notifications.handlers.circle.invite import ask_owners
from services.notifications.handlers.circle.members import (
    CarerView,
    EnrolledMember,
    Member,
    ProfessionalView,
    carer_view,
    decrypt_member,
    professional_view,
)
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.plan import plan
from services.notifications.storage.circle import enrolment, members
from services.notifications.storage.circle.members import EncryptedContact, EncryptedMember, MemberKey
from services.notifications.storage.obligations import rows
from shared.database.transaction import transaction
from shared.security.principal import Principal


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


async def _enrol(
    dependencies: Dependencies, key: MemberKey, member: Member, *, principal: Principal
) -> EnrolledMember | None:
    """Enrol the member or change what is known of them; `None` when the caller may declare nobody.

    Anyone who joins is told the newest fact: it is planned in the same transaction. What waits for a known
    member is looked at again: they may have other contacts now, or sleep at other hours.
    """
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        known = await rights_over(
            dependencies,
            connection,
            "change_circle",
            principal=principal,
            person_id=key.person_id,
            locked=True,
        )
        if known is None:
            return None
        person, allowed = known
        own, others = principal.establishments, allowed.has_broken_glass
        existing = await members.find(connection, key, declared_by=own, or_others=others)
        # Whoever broke the glass changes whom others declared, and declares nobody.
        declares_as = existing.declared_by if existing and others else allowed.declares_as
        if declares_as is None:
            return None
        wrapped_key = person.wrapped_key
        if wrapped_key is None:
            wrapped_key = dependencies.vault.new_key()
            await enrolment.give_key(connection, key.person_id, wrapped_key)
        encrypted = _encrypted(
            dependencies,
            wrapped_key,
            member,
            member_id=existing.member_id if existing else uuid4(),
            declared_by=existing.declared_by if existing else declares_as,
            joined_at=existing.joined_at if existing else now,
        )
        await rows.lock_open(connection, [key.person_id])  # before contacts, as recording an answer does
        await enrolment.put(connection, key, encrypted, proof=_proof_of(dependencies, key), now=now)
        await ask_owners(dependencies, connection, key.person_id, encrypted, now=now)
        await rows.wake_unsent(connection, encrypted.member_id, now=now)
        await plan(dependencies, connection, [key.person_id])
        stored = await members.find(connection, key, declared_by=own, or_others=others)
    return (
        None
        if stored is None
        else decrypt_member(dependencies, wrapped_key, stored, created=existing is None)
    )


def _proof_of(dependencies: Dependencies, key: MemberKey) -> ContactProof | None:
    """Why an address may be written to as soon as it is declared; `None` when its owner is asked first."""
    if key.role == "professional":
        return "desk"
    return None if dependencies.invites else "unasked"


def _encrypted(
    dependencies: Dependencies,
    wrapped_key: bytes,
    member: Member,
    *,
    member_id: UUID,
    declared_by: str,
    joined_at: datetime,
) -> EncryptedMember:
    vault = dependencies.vault
    alias, consent = member.alias, member.consent
    return EncryptedMember(
        member_id=member_id,
        declared_by=declared_by,
        joined_at=joined_at,
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
