"""Reads the whole circle of a person, encrypted, in the order in which its members joined."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.notifications.storage.circle.members import EncryptedContact, EncryptedMember, MemberKey
from shared.database.pool import Executor

_MEMBERS: Final = """
SELECT member_id, person_id, wrapped_key, carer_id, establishment, declared_by, joined_at,
    alias, consent, basis, channels, night, discretion, zone
FROM members JOIN persons USING (person_id)
WHERE person_id = ANY ($1) AND revoked_at IS NULL AND (joined_at, member_id) > ($2, $3)
    AND ($5::text[] IS NULL OR declared_by = ANY ($5))
ORDER BY joined_at, member_id LIMIT $4
"""
_CONTACTS: Final = "SELECT member_id, channel, value, state FROM contact_points WHERE member_id = ANY ($1)"


class StoredMember(NamedTuple):
    """A member, and the key of the person that encrypts what is known of them."""

    key: MemberKey
    wrapped_key: bytes
    encrypted: EncryptedMember


async def members_of(
    connection: Executor,
    person_ids: Sequence[UUID],
    *,
    declared_by: list[str] | None,
    after: tuple[datetime, UUID],
    limit: int,
) -> list[StoredMember]:
    """Up to `limit` members who joined after (moment, member id), of these declarers; `None`: of all.

    Those of all these persons, who are one: each is encrypted with the key of the person that they came with.
    """
    rows = await connection.fetch(_MEMBERS, person_ids, *after, limit, declared_by)
    contacts: dict[UUID, list[EncryptedContact]] = defaultdict(list)
    for each in await connection.fetch(_CONTACTS, [row["member_id"] for row in rows]):
        contacts[each["member_id"]].append(
            EncryptedContact(channel=each["channel"], value=each["value"], state=each["state"])
        )
    return [
        StoredMember(
            MemberKey(
                person_id=row["person_id"], carer_id=row["carer_id"], establishment=row["establishment"]
            ),
            row["wrapped_key"],
            _member(row, contacts[row["member_id"]]),
        )
        for row in rows
        if row["wrapped_key"] is not None
    ]


def _member(row: Any, contacts: list[EncryptedContact]) -> EncryptedMember:
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
        contacts=tuple(sorted(contacts, key=lambda each: row["channels"].index(each.channel))),
    )
