"""Writes memberships: enrolment, changes and revocation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from services.notifications.domain.circle.members import ContactProof
from services.notifications.storage.circle.members import EncryptedContact, EncryptedMember, MemberKey
from shared.database.pool import Connection, Executor

_GIVE_KEY: Final = "UPDATE persons SET wrapped_key = $2 WHERE person_id = $1"

_PUT: Final = """
INSERT INTO members (member_id, person_id, role, carer_id, establishment, joined_at,
    alias, consent, basis, channels, night, discretion, zone, declared_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (member_id) DO UPDATE SET alias = excluded.alias, consent = excluded.consent,
    basis = excluded.basis, channels = excluded.channels, night = excluded.night,
    discretion = excluded.discretion, zone = excluded.zone
"""
_DROP_CONTACTS: Final = "DELETE FROM contact_points WHERE member_id = $1 AND channel <> ALL ($2::text[])"
# Who asked for silence at an address is not written to because it is declared again; one that was refused is
# tried again, since whoever declares it knows better.
# Another address is another contact: an answer about the old one does not count against it, nor for it.
# What its owner accepted or refused for this person holds, whoever declares it.
_PUT_CONTACTS: Final = """
INSERT INTO contact_points (contact_id, member_id, channel, value, value_index, state, proof, changed_at)
SELECT c.contact_id, $1, c.channel, c.value, c.value_index,
    CASE WHEN $7::text IS NOT NULL OR answer = 'accepted' THEN 'ok'
        WHEN answer = 'refused' THEN 'stopped' ELSE 'unproven' END,
    coalesce($7, CASE answer WHEN 'accepted' THEN 'invitation' END), $2
FROM unnest($3::uuid[], $4::text[], $5::bytea[], $6::bytea[]) AS c (contact_id, channel, value, value_index)
LEFT JOIN LATERAL (
    SELECT answer FROM invitations i JOIN members m ON i.person_id = m.person_id
    WHERE m.member_id = $1 AND i.address = c.value_index AND answer IS NOT NULL
    ORDER BY answered_at DESC LIMIT 1
) AS answered ON true
ON CONFLICT (member_id, channel) DO UPDATE SET value = excluded.value, value_index = excluded.value_index,
    contact_id = CASE WHEN contact_points.value_index = excluded.value_index
        THEN contact_points.contact_id ELSE excluded.contact_id END,
    state = CASE WHEN contact_points.value_index <> excluded.value_index THEN excluded.state
        WHEN contact_points.state = 'stopped' THEN 'stopped'
        WHEN contact_points.proof IS NOT NULL THEN 'ok' ELSE excluded.state END,
    proof = CASE WHEN contact_points.value_index <> excluded.value_index THEN excluded.proof
        ELSE coalesce(contact_points.proof, excluded.proof) END,
    changed_at = excluded.changed_at
"""
_REVOKE: Final = "UPDATE members SET revoked_at = $2, alias = NULL WHERE member_id = $1"
# Of whom nothing was stated since, under this id or that of whom they are one with.
_SILENT: Final = """
SELECT DISTINCT person_id FROM members AS m
WHERE revoked_at IS NULL AND joined_at < $1 AND person_id > $2
    AND NOT EXISTS (SELECT FROM facts WHERE facts.person_id = m.person_id AND recorded_at >= $1)
    AND NOT EXISTS (SELECT FROM shared_circles WHERE circle_of = m.person_id AND until IS NULL)
ORDER BY person_id LIMIT $3
"""
_MEMBERS: Final = (
    "SELECT member_id FROM members WHERE person_id = $1 AND revoked_at IS NULL AND joined_at < $2"
)


async def give_key(connection: Connection, person_id: UUID, wrapped_key: bytes) -> None:
    """Store the wrapped key that encrypts everything about this person's circle."""
    await connection.execute(_GIVE_KEY, person_id, wrapped_key)


async def put(
    connection: Connection,
    key: MemberKey,
    member: EncryptedMember,
    *,
    proof: ContactProof | None,
    now: datetime,
) -> None:
    """Add a new member, or replace what is known of the one with this id.

    `proof`: why new addresses may be written to; without one, their owners are to be asked.
    """
    await connection.execute(
        _PUT,
        member.member_id,
        key.person_id,
        key.role,
        key.carer_id,
        key.establishment,
        member.joined_at,
        member.alias,
        member.consent,
        member.basis,
        list(member.channels),
        member.night,
        member.discretion,
        member.zone,
        member.declared_by,
    )
    await _put_contacts(connection, member.member_id, member.contacts, proof=proof, now=now)


async def _put_contacts(
    connection: Connection,
    member_id: UUID,
    contacts: Sequence[EncryptedContact],
    *,
    proof: ContactProof | None,
    now: datetime,
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
        proof,
    )


async def revoke(connection: Connection, member_id: UUID, *, now: datetime) -> None:
    """End the membership; how to reach them and what they call the person is erased, the consent stays."""
    await connection.execute(_REVOKE, member_id, now)
    await connection.execute(_DROP_CONTACTS, member_id, [])


async def silent_since(connection: Executor, moment: datetime, *, after: UUID, limit: int) -> list[UUID]:
    """Persons with a circle of before then, of whom nothing was stated since; by id."""
    return [row["person_id"] for row in await connection.fetch(_SILENT, moment, after, limit)]


async def members_of(connection: Connection, person_id: UUID, *, before: datetime) -> list[UUID]:
    """The members of the person who joined before then."""
    return [row["member_id"] for row in await connection.fetch(_MEMBERS, person_id, before)]
