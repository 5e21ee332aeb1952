"""Reads the members of care circles: who is planned for and written to; all of it encrypted."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import Basis, ChannelName, ContactState, Discretion, Role
from services.notifications.domain.delivery.daily_limits import CARERS, PROFESSIONALS
from services.notifications.domain.delivery.recipient import RecipientNow
from services.notifications.domain.obligations.catalogue import Recipient
from shared.database.pool import Connection, Executor

_DAY: Final = timedelta(days=1)
_FIND: Final = """
SELECT member_id, declared_by, joined_at, alias, consent, basis, channels, night, discretion, zone,
    wrapped_key
FROM members JOIN persons USING (person_id)
WHERE person_id = $1 AND carer_id IS NOT DISTINCT FROM $2 AND establishment IS NOT DISTINCT FROM $3
    AND revoked_at IS NULL AND (declared_by = ANY ($4) OR $5)
ORDER BY declared_by = ANY ($4) DESC, joined_at LIMIT 1
"""
_CONTACTS: Final = "SELECT channel, value, state FROM contact_points WHERE member_id = $1"

# Who came with a merged person joined when the persons became one, and left when they were separated.
_MEMBERSHIPS: Final = """
SELECT m.member_id, circles.person_id, m.role, m.establishment, greatest(m.joined_at, since) AS joined_at,
    least(m.revoked_at, until) AS revoked_at, m.discretion, m.night, m.channels, m.zone,
    array(SELECT c.channel FROM contact_points c WHERE c.member_id = m.member_id AND c.state = 'ok') AS usable
FROM (
    SELECT unnest($1::uuid[]) AS person_id, unnest($1::uuid[]) AS circle_of, NULL::timestamptz AS since,
        NULL::timestamptz AS until
    UNION ALL
    SELECT person_id, circle_of, since, until FROM shared_circles WHERE person_id = ANY ($1)
) AS circles JOIN members m ON m.person_id = circles.circle_of
WHERE since IS NULL OR greatest(m.joined_at, since) < least(m.revoked_at, until, 'infinity')
ORDER BY m.member_id, joined_at
"""

# The share lock makes a revocation wait until the attempt is recorded, or this read see the revocation.
_LOCK_RECIPIENTS: Final = """
SELECT m.member_id, m.alias, m.discretion, m.night, m.channels, m.zone, m.revoked_at, p.wrapped_key,
    (SELECT count(*) > 1 FROM presence e WHERE e.person_id = m.person_id) AS several,
    asked.unproven, asked.may_accept_until
FROM members m JOIN persons p USING (person_id) CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS unproven, max(i.expires_at) AS may_accept_until
    FROM contact_points c LEFT JOIN invitations i USING (contact_id)
    WHERE c.member_id = m.member_id AND c.state = 'unproven'
) AS asked WHERE m.member_id = ANY ($1) ORDER BY m.member_id
FOR SHARE OF m
"""

# An address takes so many messages a day, over all persons; those of one batch count before they are sent.
_USABLE_CONTACTS: Final = f"""
SELECT member_id, channel, contact_id, value, sharing FROM (
SELECT c.member_id, c.channel, c.contact_id, c.value, m.role,
    row_number() OVER (PARTITION BY c.value_index ORDER BY c.member_id) + (
        SELECT count(*) FROM attempts a WHERE a.address = c.value_index AND a.claimed_at > $2
    ) AS nth_of_day, ARRAY(
    SELECT other.member_id FROM contact_points o JOIN members other ON other.member_id = o.member_id
    WHERE o.value_index = c.value_index AND o.channel = c.channel AND o.state = 'ok'
        AND other.member_id <> m.member_id AND (other.person_id = m.person_id OR other.person_id IN (
            SELECT circle_of FROM shared_circles s WHERE s.person_id = m.person_id AND until IS NULL))
        AND other.role = m.role AND other.revoked_at IS NULL) AS sharing
FROM contact_points c JOIN members m USING (member_id)
WHERE c.member_id = ANY ($1) AND c.state = 'ok'
) AS usable WHERE nth_of_day <= CASE role WHEN 'carer' THEN {CARERS} ELSE {PROFESSIONALS} END
"""  # noqa: S608 - constants


class MemberKey(msgspec.Struct, frozen=True, kw_only=True):
    """What a declarer calls a member: a carer under the id that was chosen for them, or an establishment."""

    person_id: UUID
    carer_id: UUID | None = None
    establishment: str | None = None

    @property
    def role(self) -> Role:
        return "carer" if self.establishment is None else "professional"


class EncryptedContact(msgspec.Struct, frozen=True, kw_only=True):
    """A way to reach a member."""

    channel: ChannelName
    value: bytes
    value_index: bytes = b""
    state: ContactState = "ok"


class EncryptedMember(msgspec.Struct, frozen=True, kw_only=True):
    """A member as stored, encrypted."""

    member_id: UUID
    declared_by: str
    """The establishment whose declaration it is; empty for one of before that was kept."""
    joined_at: datetime
    alias: bytes | None
    consent: bytes | None
    basis: Basis
    channels: tuple[ChannelName, ...]
    night: bool
    discretion: Discretion
    zone: str | None = None
    contacts: tuple[EncryptedContact, ...]
    wrapped_key: bytes | None = None
    """The person's, where it was read with the member."""


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient and the channels on which they can be reached now, first choice first."""

    recipient: Recipient
    usable: tuple[ChannelName, ...]


class EncryptedRecipient(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient, with what a message to them needs, encrypted."""

    recipient: RecipientNow
    wrapped_key: bytes | None
    alias: bytes | None
    addresses: Mapping[ChannelName, bytes]
    several: bool = False
    """More than one establishment knows the person."""
    sharing: Mapping[ChannelName, frozenset[UUID]] = {}
    """Other members of the circle with the same address; no channel without any."""


async def find(
    connection: Executor, key: MemberKey, *, declared_by: Collection[str], or_others: bool = False
) -> EncryptedMember | None:
    """The member with this key whom one of these declared, or else (`or_others`) anybody; unless revoked."""
    row = await connection.fetchrow(
        _FIND, key.person_id, key.carer_id, key.establishment, list(declared_by), or_others
    )
    if row is None:
        return None
    contacts = await connection.fetch(_CONTACTS, row["member_id"])
    return EncryptedMember(
        member_id=row["member_id"],
        declared_by=row["declared_by"],
        joined_at=row["joined_at"],
        alias=row["alias"],
        consent=row["consent"],
        basis=row["basis"],
        channels=tuple(row["channels"]),
        night=row["night"],
        discretion=row["discretion"],
        zone=row["zone"],
        contacts=tuple(
            EncryptedContact(channel=each["channel"], value=each["value"], state=each["state"])
            for each in sorted(contacts, key=lambda each: row["channels"].index(each["channel"]))
        ),
        wrapped_key=row["wrapped_key"],
    )


async def of_persons(connection: Connection, person_ids: Collection[UUID]) -> Mapping[UUID, list[Membership]]:
    """Every membership there ever was; revoked ones keep what they were owed, as suppressed."""
    found: dict[UUID, list[Membership]] = defaultdict(list)
    for row in await connection.fetch(_MEMBERSHIPS, list(person_ids)):
        found[row["person_id"]].append(_membership(row))
    return found


def _membership(row: Any) -> Membership:
    return Membership(
        recipient=Recipient(
            member_id=row["member_id"],
            role=row["role"],
            establishment=row["establishment"],
            joined_at=row["joined_at"],
            revoked_at=row["revoked_at"],
            discretion=row["discretion"],
            night=row["night"],
            zone=row["zone"],
        ),
        usable=tuple(channel for channel in row["channels"] if channel in row["usable"]),
    )


async def lock_recipients(
    connection: Connection, member_ids: Collection[UUID], *, sending_at: datetime | None = None
) -> dict[UUID, EncryptedRecipient]:
    """Locks the memberships against change until the end of the transaction.

    Where something is sent, addresses that got as many messages as they take in a day are left out.
    """
    since = None if sending_at is None else sending_at - _DAY
    rows = await connection.fetch(_LOCK_RECIPIENTS, list(member_ids))
    contacts: dict[UUID, dict[ChannelName, Any]] = {row["member_id"]: {} for row in rows}
    for contact in await connection.fetch(_USABLE_CONTACTS, list(member_ids), since):
        contacts[contact["member_id"]][contact["channel"]] = contact
    return {row["member_id"]: _encrypted_recipient(row, contacts[row["member_id"]]) for row in rows}


def _encrypted_recipient(row: Any, contacts: Mapping[ChannelName, Any]) -> EncryptedRecipient:
    usable = [channel for channel in row["channels"] if channel in contacts]
    return EncryptedRecipient(
        recipient=RecipientNow(
            revoked=row["revoked_at"] is not None,
            discretion=row["discretion"],
            night=row["night"],
            zone=row["zone"],
            contacts={channel: contacts[channel]["contact_id"] for channel in usable},
            unproven=row["unproven"],
            may_accept_until=row["may_accept_until"],
        ),
        wrapped_key=row["wrapped_key"],
        alias=row["alias"],
        several=row["several"],
        addresses={channel: contacts[channel]["value"] for channel in usable},
        sharing={
            channel: frozenset(contacts[channel]["sharing"])
            for channel in usable
            if contacts[channel]["sharing"]
        },
    )


def alias_context(member_id: UUID) -> bytes:
    return b"alias:" + member_id.bytes


def consent_context(member_id: UUID) -> bytes:
    return b"consent:" + member_id.bytes


def resolver_context(obligation_id: UUID) -> bytes:
    return b"said-by:" + obligation_id.bytes


def contact_context(member_id: UUID, channel: str) -> bytes:
    return b"contact:" + channel.encode() + b":" + member_id.bytes
