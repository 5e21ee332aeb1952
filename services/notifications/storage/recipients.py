"""Who belongs to the circles of these persons, as far as planning must know?"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.domain.audience import Recipient
from services.notifications.domain.circle import Medium
from shared.database.pool import Connection

_READ: Final = """
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
    for row in await connection.fetch(_READ, list(person_ids)):
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
