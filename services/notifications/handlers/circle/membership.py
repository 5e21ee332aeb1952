"""How does someone join, change in or leave a circle? Sealed, and whoever must be told is planned at once."""

from uuid import UUID, uuid4

import msgspec
from msgspec.structs import replace

from services.notifications.domain.circle.members import Basis, Consent, Contact, Preferences
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.plan import plan
from services.notifications.storage.circle import encryption_contexts, members
from services.notifications.storage.circle.members import SealedContact, SealedMember, Seat
from services.notifications.storage.obligations import rows
from shared.database.transaction import transaction
from shared.security.principal import Principal


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a member, carer or professional, in clear."""

    alias: str | None
    consent: Consent | None
    basis: Basis
    contacts: tuple[Contact, ...]
    preferences: Preferences


class Seated(msgspec.Struct, frozen=True, kw_only=True):
    """A member in their seat."""

    sealed: SealedMember
    member: Member
    created: bool = False


async def enrol(
    dependencies: Dependencies, seat: Seat, member: Member, *, principal: Principal
) -> Seated | None:
    """Seat the member or change what is known of them; none when the person is none of the caller's.

    Whoever joins is told the newest fact: it is planned in the same transaction. What waits for a known
    member is looked at again: they may have other contacts now, or sleep at other hours.
    """
    circumstances = dependencies.circumstances()
    async with transaction(dependencies.pool) as connection:
        person = await members.lock_visible(connection, seat.person_id, members.reach_of(principal))
        if person is None:
            return None
        key = person.wrapped_key
        if key is None:
            key = dependencies.vault.new_key()
            await members.give_key(connection, seat.person_id, key)
        known = await members.find(connection, seat)
        sealed = _sealed(dependencies, key, member, member_id=known.member_id if known else uuid4())
        joined_at = known.joined_at if known else circumstances.now
        await rows.lock_open(connection, [seat.person_id])  # before contacts, as whoever records answers
        await members.put(connection, seat, replace(sealed, joined_at=joined_at), now=circumstances.now)
        await rows.wake_unsent(connection, sealed.member_id, now=circumstances.now)
        await plan(connection, [seat.person_id], circumstances)
        stored = await members.find(connection, seat)
    return None if stored is None else _seated(dependencies, key, stored, created=known is None)


async def seated(dependencies: Dependencies, seat: Seat, *, principal: Principal) -> Seated | None:
    """The member in clear, for those who manage the circle."""
    person = await members.visible(dependencies.pool, seat.person_id, members.reach_of(principal))
    if person is None or person.wrapped_key is None:
        return None
    stored = await members.find(dependencies.pool, seat)
    return None if stored is None else _seated(dependencies, person.wrapped_key, stored, created=False)


async def revoke(dependencies: Dependencies, seat: Seat, *, principal: Principal) -> bool:
    """End the membership: whatever is still open for them is suppressed in the same transaction."""
    circumstances = dependencies.circumstances()
    async with transaction(dependencies.pool) as connection:
        person = await members.lock_visible(connection, seat.person_id, members.reach_of(principal))
        stored = await members.find(connection, seat) if person is not None else None
        if stored is None:
            return False
        await rows.lock_open(connection, [seat.person_id])
        await members.revoke(connection, stored.member_id, now=circumstances.now)
        await plan(connection, [seat.person_id], circumstances)
    return True


async def may_see(dependencies: Dependencies, person_id: UUID, *, principal: Principal) -> bool:
    """Whether the person is one of the caller's."""
    return await members.visible(dependencies.pool, person_id, members.reach_of(principal)) is not None


def _sealed(dependencies: Dependencies, key: bytes, member: Member, *, member_id: UUID) -> SealedMember:
    vault = dependencies.vault
    consent = None if member.consent is None else msgspec.json.encode(member.consent)
    return SealedMember(
        member_id=member_id,
        joined_at=dependencies.clock(),
        alias=None
        if member.alias is None
        else vault.encrypt(key, member.alias.encode(), context=encryption_contexts.alias_of(member_id)),
        consent=None
        if consent is None
        else vault.encrypt(key, consent, context=encryption_contexts.consent_of(member_id)),
        basis=member.basis,
        channels=member.preferences.channels,
        night=member.preferences.night,
        discretion=member.preferences.discretion,
        contacts=tuple(
            SealedContact(
                channel=contact.channel,
                value=vault.encrypt(
                    key,
                    contact.value.encode(),
                    context=encryption_contexts.contact_of(member_id, contact.channel),
                ),
                value_index=vault.blind_index("contact", contact.channel, contact.value),
            )
            for contact in member.contacts
        ),
    )


def _seated(dependencies: Dependencies, key: bytes, sealed: SealedMember, *, created: bool) -> Seated:
    def opened(value: bytes, context: bytes) -> bytes:
        return dependencies.vault.decrypt(key, value, context=context)

    consent = sealed.consent and opened(sealed.consent, encryption_contexts.consent_of(sealed.member_id))
    member = Member(
        alias=opened(sealed.alias, encryption_contexts.alias_of(sealed.member_id)).decode()
        if sealed.alias
        else None,
        consent=msgspec.json.decode(consent, type=Consent) if consent else None,
        basis=sealed.basis,
        contacts=tuple(
            Contact(
                channel=each.channel,
                value=opened(
                    each.value, encryption_contexts.contact_of(sealed.member_id, each.channel)
                ).decode(),
                state=each.state,
            )
            for each in sealed.contacts
        ),
        preferences=Preferences(channels=sealed.channels, night=sealed.night, discretion=sealed.discretion),
    )
    return Seated(sealed=sealed, member=member, created=created)
