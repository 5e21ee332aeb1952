"""Reads and writes invitations: who is to be asked, was asked, and what they answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.domain.circle.invitations import (
    COUNTED_WITHIN,
    PER_ADDRESS,
    PER_ADDRESS_AND_DECLARER,
    TIMES_ASKED,
    Answer,
)
from services.notifications.domain.circle.members import ChannelName
from shared.database.pool import Connection, Executor

_UNPROVEN: Final = """
SELECT contact_id, value_index FROM contact_points WHERE member_id = $1 AND state = 'unproven'
"""
# One that is still open is not sent again because the member is declared again; one that was refused is.
_ASK: Final = f"""
INSERT INTO invitations
    (contact_id, person_id, declared_by, address, token_sha256, asked_at, expires_at, next_at)
SELECT a.contact_id, $1, $8, a.address, a.token_sha256, $2, $3, $4
FROM unnest($5::uuid[], $6::bytea[], $7::bytea[]) AS a (contact_id, address, token_sha256)
ON CONFLICT (contact_id) DO UPDATE SET declared_by = excluded.declared_by,
    asked_at = excluded.asked_at, expires_at = excluded.expires_at, next_at = excluded.next_at,
    sent = 0, answer = NULL, answered_at = NULL
WHERE invitations.expires_at <= excluded.asked_at
    OR invitations.next_at IS NULL AND invitations.answer IS NULL AND invitations.sent < {TIMES_ASKED}
"""  # noqa: S608 - a constant
_WITHDRAW: Final = """
UPDATE invitations i SET next_at = NULL WHERE person_id = $1 AND next_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM contact_points c WHERE c.contact_id = i.contact_id)
"""
# Counts those of this very turn: one address that is declared for many persons is not asked for each. Who is
# beyond the share of their establishment takes no turn from others.
_CLAIM: Final = """
WITH shares AS (
    SELECT i.contact_id, i.address, i.next_at,
        row_number() OVER (PARTITION BY i.address, i.declared_by ORDER BY i.next_at, i.contact_id) + (
            SELECT coalesce(sum(o.sent), 0) FROM invitations o
            WHERE o.address = i.address AND o.declared_by = i.declared_by AND o.last_sent_at > $2) AS nth
    FROM invitations i WHERE i.next_at <= $1 AND i.expires_at > $1
), waiting AS (
    SELECT s.contact_id, s.next_at,
        row_number() OVER (PARTITION BY s.address ORDER BY s.next_at, s.contact_id) + (
            SELECT coalesce(sum(o.sent), 0) FROM invitations o
            WHERE o.address = s.address AND o.last_sent_at > $2) AS nth
    FROM shares s WHERE s.nth <= $6
), due AS (
    SELECT i.contact_id, c.member_id, c.channel, c.value, m.zone, m.night, p.wrapped_key
    FROM waiting w JOIN invitations i USING (contact_id) JOIN contact_points c USING (contact_id)
    JOIN members m USING (member_id) JOIN persons p ON p.person_id = i.person_id
    WHERE w.nth <= $3 AND c.state = 'unproven' AND i.next_at <= $1
    ORDER BY w.next_at LIMIT $5 FOR UPDATE OF i SKIP LOCKED
)
UPDATE invitations i SET sent = sent + 1, last_sent_at = $1, next_at = $4 FROM due
WHERE i.contact_id = due.contact_id
RETURNING i.contact_id, i.person_id, due.member_id, due.channel, due.value, due.zone, due.night,
    due.wrapped_key, i.asked_at, i.sent
"""
_RECORD: Final = """
UPDATE invitations SET sent = sent - $2, next_at = CASE WHEN answer IS NULL THEN $3::timestamptz END
WHERE contact_id = $1
"""
_BAD: Final = """
UPDATE contact_points SET state = 'bad', changed_at = $2 WHERE contact_id = $1 AND state = 'unproven'
"""
_FIND: Final = """
SELECT person_id, i.contact_id, address, answer FROM invitations i JOIN contact_points USING (contact_id)
WHERE token_sha256 = $1 AND expires_at > $2
"""
_ANSWER: Final = """
WITH answered AS (
    UPDATE invitations SET answer = $3, answered_at = $4, next_at = NULL WHERE person_id = $1 AND address = $2
)
UPDATE contact_points c SET changed_at = $4,
    state = CASE $3 WHEN 'accepted' THEN 'ok' ELSE 'stopped' END,
    proof = CASE $3 WHEN 'accepted' THEN 'invitation' END
FROM members m WHERE m.member_id = c.member_id AND m.person_id = $1 AND c.value_index = $2
    AND m.role = 'carer' AND m.revoked_at IS NULL AND c.state <> 'bad'
RETURNING m.member_id
"""
# What waited for the answer is no longer the newest, if something newer waited, too. It has its time again.
_WAKE: Final = """
UPDATE obligations SET next_action_at = $2, held = held OR not_before <= $2,
    deadline = greatest(deadline, least(expires_at, $2 + interval '1 hour'))
WHERE recipient_id = ANY ($1) AND status IN ('scheduled', 'due') AND next_action_at > $2
"""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that is about to be sent, encrypted."""

    contact_id: UUID
    person_id: UUID
    member_id: UUID
    channel: ChannelName
    value: bytes
    zone: str | None
    night: bool
    wrapped_key: bytes
    asked_at: datetime
    sent: int
    """This time included."""


class OpenInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that may be answered."""

    person_id: UUID
    contact_id: UUID
    address: bytes
    answer: Answer | None


async def unproven(connection: Connection, member_id: UUID) -> Sequence[Any]:
    """The contacts of a member whose owners are to be asked: `contact_id`, `value_index`."""
    found: Sequence[Any] = await connection.fetch(_UNPROVEN, member_id)
    return found


async def ask(
    connection: Connection,
    person_id: UUID,
    tokens: Sequence[tuple[UUID, bytes, bytes]],
    *,
    declared_by: str,
    now: datetime,
    expires_at: datetime,
    at: datetime,
) -> None:
    """Ask the owners of these contacts (id, address, digest of the token), unless they were."""
    columns = [list(column) for column in zip(*tokens, strict=True)]
    await connection.execute(_ASK, person_id, now, expires_at, at, *columns, declared_by)


async def withdraw(connection: Connection, person_id: UUID) -> None:
    """Ask nobody any more whose contact is gone."""
    await connection.execute(_WITHDRAW, person_id)


async def claim(
    connection: Executor, *, now: datetime, lease_until: datetime, limit: int
) -> list[Invitation]:
    """Those that are due, within what one address takes; they are due again if nobody records an end."""
    rows = await connection.fetch(
        _CLAIM, now, now - COUNTED_WITHIN, PER_ADDRESS, lease_until, limit, PER_ADDRESS_AND_DECLARER
    )
    return [Invitation(**dict(row)) for row in rows]


async def record(connection: Executor, contact_id: UUID, *, left: bool, next_at: datetime | None) -> None:
    """Record whether it may have left, and when it is sent again."""
    await connection.execute(_RECORD, contact_id, 0 if left else 1, next_at)


async def mark_bad(connection: Executor, contact_id: UUID, *, now: datetime) -> None:
    """The address takes nothing: whoever declared it sees so."""
    await connection.execute(_BAD, contact_id, now)


async def find(connection: Executor, token_sha256: bytes, *, now: datetime) -> OpenInvitation | None:
    """The invitation of a token; `None` for one that is unknown, expired or withdrawn."""
    row = await connection.fetchrow(_FIND, token_sha256, now)
    return None if row is None else OpenInvitation(**dict(row))


async def answer(
    connection: Connection, invitation: OpenInvitation, given: Answer, *, now: datetime
) -> list[UUID]:
    """Record the answer for every declaration of the address in this circle; gives those members."""
    rows = await connection.fetch(_ANSWER, invitation.person_id, invitation.address, given, now)
    return [row["member_id"] for row in rows]


async def wake(connection: Executor, member_ids: Sequence[UUID], *, now: datetime) -> None:
    """Look now at what waited for the answer."""
    await connection.execute(_WAKE, member_ids, now)
