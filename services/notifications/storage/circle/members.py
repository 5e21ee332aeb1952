"""Who sits in a person's circle? Memberships with their contacts, all of it sealed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec

from services.notifications.domain.circle.members import Basis, ContactState, Discretion, Medium, Role
from shared.database.pool import Connection, Executor
from shared.security.principal import Principal

_VISIBLE: Final = """
SELECT wrapped_key FROM persons p WHERE person_id = $1
    AND ($2::text IS NULL OR EXISTS (SELECT FROM presence WHERE person_id = $1 AND establishment = $2))
"""
_LOCK_VISIBLE: Final = f"{_VISIBLE} FOR UPDATE OF p"
_GIVE_KEY: Final = "UPDATE persons SET wrapped_key = $2 WHERE person_id = $1"

_FIND: Final = """
SELECT member_id, joined_at, alias, consent, basis, channels, night, discretion FROM members
WHERE person_id = $1 AND carer_id IS NOT DISTINCT FROM $2 AND establishment IS NOT DISTINCT FROM $3
    AND revoked_at IS NULL
"""
_CONTACTS: Final = "SELECT channel, value, state FROM contact_points WHERE member_id = $1"

_PUT: Final = """
INSERT INTO members (member_id, person_id, role, carer_id, establishment, joined_at,
    alias, consent, basis, channels, night, discretion)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (member_id) DO UPDATE SET alias = excluded.alias, consent = excluded.consent,
    basis = excluded.basis, channels = excluded.channels, night = excluded.night,
    discretion = excluded.discretion
"""
_DROP_CONTACTS: Final = "DELETE FROM contact_points WHERE member_id = $1 AND channel <> ALL ($2::text[])"
# The same address keeps its state: who asked for silence there is not written to because of a repetition.
# Another address is another contact: what is still to be heard of the old one does not count against it.
_PUT_CONTACTS: Final = """
INSERT INTO contact_points (contact_id, member_id, channel, value, value_index, state, changed_at)
SELECT c.contact_id, $1, c.channel, c.value, c.value_index, 'ok', $2
FROM unnest($3::uuid[], $4::text[], $5::bytea[], $6::bytea[]) AS c (contact_id, channel, value, value_index)
ON CONFLICT (member_id, channel) DO UPDATE SET value = excluded.value, value_index = excluded.value_index,
    contact_id = CASE WHEN contact_points.value_index = excluded.value_index
        THEN contact_points.contact_id ELSE excluded.contact_id END,
    state = CASE WHEN contact_points.value_index = excluded.value_index
        THEN contact_points.state ELSE 'ok' END,
    changed_at = excluded.changed_at
"""
_NOBODYS: Final = "nobody's"
_REVOKE: Final = "UPDATE members SET revoked_at = $2, alias = NULL WHERE member_id = $1"


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a circle: a carer under the id that was chosen for them, or an establishment's desk."""

    person_id: UUID
    carer_id: UUID | None = None
    establishment: str | None = None

    @property
    def role(self) -> Role:
        return "carer" if self.establishment is None else "professional"


class SealedContact(msgspec.Struct, frozen=True, kw_only=True):
    """A way to reach a member."""

    channel: Medium
    value: bytes
    value_index: bytes = b""
    state: ContactState = "ok"


class SealedMember(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits there now."""

    member_id: UUID
    joined_at: datetime
    alias: bytes | None
    consent: bytes | None
    basis: Basis
    channels: tuple[Medium, ...]
    night: bool
    discretion: Discretion
    contacts: tuple[SealedContact, ...]


class VisiblePerson(msgspec.Struct, frozen=True):
    """A person whom the caller may see; `wrapped_key` once anyone was enrolled."""

    wrapped_key: bytes | None


async def visible(connection: Executor, person_id: UUID, establishment: str | None) -> VisiblePerson | None:
    """None unless the establishment has a stay of the person; without one, unless the person is known."""
    row = await connection.fetchrow(_VISIBLE, person_id, establishment)
    return None if row is None else VisiblePerson(row["wrapped_key"])


async def lock_visible(
    connection: Connection, person_id: UUID, establishment: str | None
) -> VisiblePerson | None:
    """The same, holding the person against whoever else plans for them."""
    row = await connection.fetchrow(_LOCK_VISIBLE, person_id, establishment)
    return None if row is None else VisiblePerson(row["wrapped_key"])


async def give_key(connection: Connection, person_id: UUID, wrapped_key: bytes) -> None:
    """The key under which everything about this person's circle is sealed."""
    await connection.execute(_GIVE_KEY, person_id, wrapped_key)


async def find(connection: Executor, seat: Seat) -> SealedMember | None:
    """Who sits there, unless revoked."""
    row = await connection.fetchrow(_FIND, seat.person_id, seat.carer_id, seat.establishment)
    if row is None:
        return None
    contacts = await connection.fetch(_CONTACTS, row["member_id"])
    return SealedMember(
        member_id=row["member_id"],
        joined_at=row["joined_at"],
        alias=row["alias"],
        consent=row["consent"],
        basis=row["basis"],
        channels=tuple(row["channels"]),
        night=row["night"],
        discretion=row["discretion"],
        contacts=tuple(
            SealedContact(channel=each["channel"], value=each["value"], state=each["state"])
            for each in sorted(contacts, key=lambda each: row["channels"].index(each["channel"]))
        ),
    )


async def put(connection: Connection, seat: Seat, member: SealedMember, *, now: datetime) -> None:
    """Seat a new member, or replace what is known of the one with this id."""
    await connection.execute(
        _PUT,
        member.member_id,
        seat.person_id,
        seat.role,
        seat.carer_id,
        seat.establishment,
        member.joined_at,
        member.alias,
        member.consent,
        member.basis,
        list(member.channels),
        member.night,
        member.discretion,
    )
    await _put_contacts(connection, member.member_id, member.contacts, now=now)


async def _put_contacts(
    connection: Connection, member_id: UUID, contacts: Sequence[SealedContact], *, now: datetime
) -> None:
    channels = [contact.channel for contact in contacts]
    await connection.execute(_DROP_CONTACTS, member_id, channels)
    await connection.execute(
        _PUT_CONTACTS,
        member_id,
        now,
        [uuid4() for _ in contacts],
        channels,
        [contact.value for contact in contacts],
        [contact.value_index for contact in contacts],
    )


async def revoke(connection: Connection, member_id: UUID, *, now: datetime) -> None:
    """End the membership; how to reach them and what they call the person is erased, the consent stays."""
    await connection.execute(_REVOKE, member_id, now)
    await connection.execute(_DROP_CONTACTS, member_id, [])


def reach_of(principal: Principal) -> str | None:
    """The establishment whose stays count; none for an operator, who sees every person."""
    if principal.establishment is None and "operator" not in principal.scopes:
        return _NOBODYS
    return principal.establishment
