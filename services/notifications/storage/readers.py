"""How are these recipients reached now? Read, and held, in the transaction that decides to send."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.domain.circle import Medium
from services.notifications.domain.decision import Reader
from shared.database.pool import Connection

# The share lock makes a revocation wait until the attempt is recorded, or this read see the revocation.
_READ: Final = """
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


async def read(connection: Connection, member_ids: Collection[UUID]) -> dict[UUID, SealedReader]:
    """Locks the memberships against change until the end of the transaction."""
    rows = await connection.fetch(_READ, list(member_ids))
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
