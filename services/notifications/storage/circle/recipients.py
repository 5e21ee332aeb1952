"""Reads the members of circles, as planning needs them and as sending needs them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import Medium
from services.notifications.domain.delivery.decision import Reader
from services.notifications.domain.obligations.statements import Recipient
from shared.database.pool import Connection

_MEMBERSHIPS: Final = """
SELECT m.member_id, m.person_id, m.role, m.establishment, m.joined_at, m.revoked_at, m.discretion, m.night,
    m.channels,
    array(SELECT c.channel FROM contact_points c WHERE c.member_id = m.member_id AND c.state = 'ok') AS usable
FROM members m WHERE m.person_id = ANY ($1)
ORDER BY m.member_id
"""


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """A recipient and the channels on which they can be reached now, first choice first."""

    recipient: Recipient
    usable: tuple[Medium, ...]


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
        ),
        usable=tuple(channel for channel in row["channels"] if channel in row["usable"]),
    )


# The share lock makes a revocation wait until the attempt is recorded, or this read see the revocation.
_LOCK_READERS: Final = """
SELECT m.member_id, m.alias, m.discretion, m.night, m.channels, m.revoked_at, p.wrapped_key
FROM members m JOIN persons p USING (person_id) WHERE m.member_id = ANY ($1) ORDER BY m.member_id
FOR SHARE OF m
"""

_CONTACTS: Final = """
SELECT member_id, channel, contact_id, value FROM contact_points WHERE member_id = ANY ($1) AND state = 'ok'
"""


class SealedReader(msgspec.Struct, frozen=True, kw_only=True):
    """A reader, with what a message to them needs, still sealed."""

    reader: Reader
    wrapped_key: bytes | None
    alias: bytes | None
    addresses: Mapping[Medium, bytes]


async def lock_readers(connection: Connection, member_ids: Collection[UUID]) -> dict[UUID, SealedReader]:
    """Locks the memberships against change until the end of the transaction."""
    rows = await connection.fetch(_LOCK_READERS, list(member_ids))
    contacts: dict[UUID, dict[Medium, Any]] = {row["member_id"]: {} for row in rows}
    for contact in await connection.fetch(_CONTACTS, list(member_ids)):
        contacts[contact["member_id"]][contact["channel"]] = contact
    return {row["member_id"]: _sealed(row, contacts[row["member_id"]]) for row in rows}


def _sealed(row: Any, contacts: Mapping[Medium, Any]) -> SealedReader:
    usable = [channel for channel in row["channels"] if channel in contacts]
    return SealedReader(
        reader=Reader(
            revoked=row["revoked_at"] is not None,
            discretion=row["discretion"],
            night=row["night"],
            contacts={channel: contacts[channel]["contact_id"] for channel in usable},
        ),
        wrapped_key=row["wrapped_key"],
        alias=row["alias"],
        addresses={channel: contacts[channel]["value"] for channel in usable},
    )
