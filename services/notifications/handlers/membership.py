"""How does someone join, change in or leave a circle? Sealed, and whoever must be told is planned at once."""

from uuid import UUID, uuid4

import msgspec
from msgspec.structs import replace

from services.notifications.domain.circle import Basis, Consent, Contact, Preferences
from services.notifications.handlers.means import Means
from services.notifications.handlers.plan import plan
from services.notifications.storage import circle, planning, seals
from services.notifications.storage.circle import SealedContact, SealedMember, Seat
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


async def enrol(means: Means, seat: Seat, member: Member, *, principal: Principal) -> Seated | None:
    """Seat the member or change what is known of them; none when the person is none of the caller's.

    Whoever joins is told the newest fact: it is planned in the same transaction. What waits for a known
    member is looked at again: they may have other contacts now, or sleep at other hours.
    """
    circumstances = means.circumstances()
    async with transaction(means.pool) as connection:
        person = await circle.lock_visible(connection, seat.person_id, circle.reach_of(principal))
        if person is None:
            return None
        key = person.wrapped_key
        if key is None:
            key = means.vault.new_key()
            await circle.give_key(connection, seat.person_id, key)
        known = await circle.find(connection, seat)
        sealed = _sealed(means, key, member, member_id=known.member_id if known else uuid4())
        joined_at = known.joined_at if known else circumstances.now
        await planning.lock_open(connection, [seat.person_id])  # before contacts, as whoever records answers
        await circle.put(connection, seat, replace(sealed, joined_at=joined_at), now=circumstances.now)
        await planning.wake_unsent(connection, sealed.member_id, now=circumstances.now)
        await plan(connection, [seat.person_id], circumstances)
        stored = await circle.find(connection, seat)
    return None if stored is None else _seated(means, key, stored, created=known is None)


async def seated(means: Means, seat: Seat, *, principal: Principal) -> Seated | None:
    """The member in clear, for those who manage the circle."""
    person = await circle.visible(means.pool, seat.person_id, circle.reach_of(principal))
    if person is None or person.wrapped_key is None:
        return None
    stored = await circle.find(means.pool, seat)
    return None if stored is None else _seated(means, person.wrapped_key, stored, created=False)


async def revoke(means: Means, seat: Seat, *, principal: Principal) -> bool:
    """End the membership: whatever is still open for them is suppressed in the same transaction."""
    circumstances = means.circumstances()
    async with transaction(means.pool) as connection:
        person = await circle.lock_visible(connection, seat.person_id, circle.reach_of(principal))
        stored = await circle.find(connection, seat) if person is not None else None
        if stored is None:
            return False
        await planning.lock_open(connection, [seat.person_id])
        await circle.revoke(connection, stored.member_id, now=circumstances.now)
        await plan(connection, [seat.person_id], circumstances)
    return True


async def may_see(means: Means, person_id: UUID, *, principal: Principal) -> bool:
    """Whether the person is one of the caller's."""
    return await circle.visible(means.pool, person_id, circle.reach_of(principal)) is not None


def _sealed(means: Means, key: bytes, member: Member, *, member_id: UUID) -> SealedMember:
    vault = means.vault
    consent = None if member.consent is None else msgspec.json.encode(member.consent)
    return SealedMember(
        member_id=member_id,
        joined_at=means.clock(),
        alias=None
        if member.alias is None
        else vault.encrypt(key, member.alias.encode(), context=seals.alias_of(member_id)),
        consent=None if consent is None else vault.encrypt(key, consent, context=seals.consent_of(member_id)),
        basis=member.basis,
        channels=member.preferences.channels,
        night=member.preferences.night,
        discretion=member.preferences.discretion,
        contacts=tuple(
            SealedContact(
                channel=contact.channel,
                value=vault.encrypt(
                    key, contact.value.encode(), context=seals.contact_of(member_id, contact.channel)
                ),
                value_index=vault.blind_index("contact", contact.channel, contact.value),
            )
            for contact in member.contacts
        ),
    )


def _seated(means: Means, key: bytes, sealed: SealedMember, *, created: bool) -> Seated:
    def opened(value: bytes, context: bytes) -> bytes:
        return means.vault.decrypt(key, value, context=context)

    consent = sealed.consent and opened(sealed.consent, seals.consent_of(sealed.member_id))
    member = Member(
        alias=opened(sealed.alias, seals.alias_of(sealed.member_id)).decode() if sealed.alias else None,
        consent=msgspec.json.decode(consent, type=Consent) if consent else None,
        basis=sealed.basis,
        contacts=tuple(
            Contact(
                channel=each.channel,
                value=opened(each.value, seals.contact_of(sealed.member_id, each.channel)).decode(),
                state=each.state,
            )
            for each in sealed.contacts
        ),
        preferences=Preferences(channels=sealed.channels, night=sealed.night, discretion=sealed.discretion),
    )
    return Seated(sealed=sealed, member=member, created=created)
