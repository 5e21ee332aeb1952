"""Reads and writes attempts and delivery reports: what is due, claimed, deferred, answered, reported."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.obligations.catalogue import is_retracted
from services.notifications.domain.obligations.obligation import (
    Attempt,
    AttemptStatus,
    Obligation,
    ReportState,
    Status,
)
from services.notifications.storage.obligations.rows import obligations_of
from shared.database.pool import Connection, Executor

# SKIP LOCKED: a row that is being planned, or a member who is being changed, is left for the next turn, so
# that a sender holds its locks briefly and cannot deadlock. One sender at a time decides for a member, since
# what another one is about to send them cannot be seen yet.
_LOCK_DUE: Final = """
SELECT o.* FROM obligations o JOIN members m ON m.member_id = o.recipient_id
WHERE o.lane = $1 AND o.next_action_at <= $2
ORDER BY o.next_action_at, o.fact_occurred_at, o.fact_sequence LIMIT $3
FOR UPDATE OF o SKIP LOCKED FOR NO KEY UPDATE OF m SKIP LOCKED
"""

_PEERS: Final = """
SELECT * FROM obligations WHERE recipient_id = ANY ($1)
    AND (next_action_at IS NOT NULL OR fact_key = ANY ($2) OR settled_at > $3
        OR recipient_role = 'carer' AND aspect = 'location' AND settled_at > $4)
ORDER BY obligation_id
"""
_PEERS_SETTLED_SINCE: Final = timedelta(days=3)
"""Three times as long as news may be open (`expires_after`): what ended before is older than all that is."""
_PLACES_SETTLED_SINCE: Final = timedelta(days=92)
"""Where a carer was told last that the person is: somebody may have stayed there for long. A quarter of a
year is chosen, not measured."""

_TWINS: Final = """
SELECT * FROM obligations WHERE recipient_id = ANY ($1) AND (event_id = ANY ($2) OR fact_key = ANY ($3))
ORDER BY obligation_id
"""

_LOCK: Final = "SELECT * FROM obligations WHERE obligation_id = $1 FOR UPDATE"

_DEFER: Final = """
UPDATE obligations o SET status = d.status, lane = d.lane, next_action_at = d.at, held = o.held OR d.held,
    not_before = CASE WHEN d.held THEN d.at ELSE o.not_before END,
    deadline = CASE WHEN d.held THEN greatest(o.deadline, d.deadline) ELSE o.deadline END
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bool[], $6::timestamptz[])
    AS d (obligation_id, status, lane, at, held, deadline)
WHERE o.obligation_id = d.obligation_id
"""

_CLAIM: Final = """
WITH claimed AS (
    INSERT INTO attempts (attempt_id, obligation_id, number, step, channel, contact_id, template, status,
        claimed_at, lease_until, address)
    SELECT c.*, 'claimed', $8, $9, (
        SELECT value_index FROM contact_points p WHERE p.contact_id = c.contact_id)
    FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::text[], $6::uuid[], $7::text[])
        AS c (attempt_id, obligation_id, number, step, channel, contact_id, template)
), links AS (
    INSERT INTO page_tokens (token_sha256, obligation_id, expires_at)
    SELECT t.*, $11 FROM unnest($10::bytea[], $2::uuid[]) AS t
    ON CONFLICT (token_sha256) DO UPDATE SET expires_at = excluded.expires_at
)
UPDATE obligations SET status = 'in_progress', next_action_at = $9 WHERE obligation_id = ANY ($2)
"""

_ANSWER: Final = """
UPDATE attempts SET status = $2, answered_at = $3, reason = $4, provider_id = coalesce($5, provider_id)
WHERE attempt_id = $1
"""

_CONCLUDE: Final = "UPDATE attempts SET status = $2, answered_at = $3 WHERE attempt_id = $1"

_GIVE_UP: Final = """
UPDATE attempts SET status = 'no_receipt' WHERE attempt_id = ANY ($1) AND status = 'accepted'
"""

_NEXT_ACTION: Final = "UPDATE obligations SET next_action_at = $2 WHERE obligation_id = $1"

_CONTACT_IS_BAD: Final = """
UPDATE contact_points SET state = 'bad', changed_at = $2
WHERE contact_id = (SELECT contact_id FROM attempts WHERE attempt_id = $1)
"""


class Deferral(msgspec.Struct, frozen=True, kw_only=True):
    """An obligation that is looked at again later, perhaps by another channel's lane."""

    obligation_id: UUID
    status: Status
    lane: ChannelName
    at: datetime
    delayed_by_quiet_hours: bool
    deadline: datetime


class NewAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that is about to be made."""

    attempt_id: UUID
    obligation_id: UUID
    number: int
    step: int
    channel: ChannelName
    contact_id: UUID
    template: str
    token_sha256: bytes
    """Digest of the token in its link to the carer page."""


class DueObligations(msgspec.Struct, frozen=True):
    """Due obligations of a lane, and what is needed to decide about them."""

    obligations: list[Obligation]
    """The most overdue ones; their members are locked against revocation."""
    peers: list[Obligation]
    """All that says what the recipients of these were told, these included."""

    @property
    def depend_on_whereabouts(self) -> bool:
        """Whether any takes something back, comes late, or tells of one discharge among several."""
        discharges = {(each.recipient_id, each.fact_key) for each in self.peers if each.tells_of_discharge}
        several = len(discharges) > len({recipient_id for recipient_id, _ in discharges})
        return several or any(is_retracted(each.kind) or each.is_late for each in self.obligations)


async def lock_due(connection: Connection, *, lane: ChannelName, now: datetime, limit: int) -> DueObligations:
    """Lock up to `limit` of a lane, the most overdue first."""
    due = await connection.fetch(_LOCK_DUE, lane, now, limit)
    if not due:
        return DueObligations([], [])
    recipients = list({row["recipient_id"] for row in due})
    fact_keys = list({row["fact_key"] for row in due})
    rows = await connection.fetch(
        _PEERS, recipients, fact_keys, now - _PEERS_SETTLED_SINCE, now - _PLACES_SETTLED_SINCE
    )
    peers = {obligation.obligation_id: obligation for obligation in await obligations_of(connection, rows)}
    return DueObligations([peers[row["obligation_id"]] for row in due], list(peers.values()))


async def twins_of(
    connection: Connection, obligations: Sequence[Obligation], *, recipients: Collection[UUID]
) -> list[Obligation]:
    """What these recipients are told of the same events, and of the same facts."""
    event_ids = list({each.event_id for each in obligations})
    fact_keys = list({each.fact_key for each in obligations})
    rows = await connection.fetch(_TWINS, list(recipients), event_ids, fact_keys)
    return await obligations_of(connection, rows)


async def lock(connection: Connection, obligation_id: UUID) -> Obligation | None:
    """One obligation, locked; waits for the transaction that holds it."""
    found = await obligations_of(connection, await connection.fetch(_LOCK, obligation_id))
    return found[0] if found else None


async def defer(connection: Connection, deferrals: Sequence[Deferral]) -> None:
    """Postpone obligations; one held by quiet hours gets a later `not_before` and deadline."""
    if deferrals:
        await connection.execute(
            _DEFER,
            [deferral.obligation_id for deferral in deferrals],
            [deferral.status for deferral in deferrals],
            [deferral.lane for deferral in deferrals],
            [deferral.at for deferral in deferrals],
            [deferral.delayed_by_quiet_hours for deferral in deferrals],
            [deferral.deadline for deferral in deferrals],
        )


async def claim(
    connection: Connection,
    new_attempts: Sequence[NewAttempt],
    *,
    now: datetime,
    lease_until: datetime,
    links_until: datetime,
) -> None:
    """Write each attempt before it is a call, and make its link valid until `links_until`."""
    if not new_attempts:
        return
    await connection.execute(
        _CLAIM,
        [each.attempt_id for each in new_attempts],
        [each.obligation_id for each in new_attempts],
        [each.number for each in new_attempts],
        [each.step for each in new_attempts],
        [each.channel for each in new_attempts],
        [each.contact_id for each in new_attempts],
        [each.template for each in new_attempts],
        now,
        lease_until,
        [each.token_sha256 for each in new_attempts],
        links_until,
    )


async def mark_unreported(connection: Connection, attempts: Sequence[Attempt]) -> None:
    """Mark accepted attempts on which no report came in time."""
    if attempts:
        await connection.execute(_GIVE_UP, [attempt.attempt_id for attempt in attempts])


async def answer(
    connection: Connection,
    attempt_id: UUID,
    *,
    status: AttemptStatus,
    now: datetime,
    reason: str | None,
    provider_id: str | None,
) -> None:
    """Record the provider's answer."""
    await connection.execute(_ANSWER, attempt_id, status, now, reason, provider_id)


async def conclude(connection: Connection, attempt_id: UUID, *, status: AttemptStatus, now: datetime) -> None:
    """Record what the reports say of the attempt."""
    await connection.execute(_CONCLUDE, attempt_id, status, now)


async def set_next_action(connection: Connection, obligation_id: UUID, *, at: datetime) -> None:
    await connection.execute(_NEXT_ACTION, obligation_id, at)


async def mark_contact_bad(connection: Connection, attempt_id: UUID, *, now: datetime) -> None:
    """Mark the contact that this attempt went to, so that it is not used again."""
    await connection.execute(_CONTACT_IS_BAD, attempt_id, now)


_ADD_REPORT: Final = """
INSERT INTO delivery_reports (attempt_id, provider_id, state, detail, received_at)
SELECT $1, $2, $3, $4, $5
WHERE NOT EXISTS (SELECT FROM delivery_reports WHERE attempt_id = $1 AND state = $3)
"""
_OBLIGATION: Final = "SELECT obligation_id FROM attempts WHERE attempt_id = $1"
_OF_ATTEMPT: Final = "SELECT state FROM delivery_reports WHERE attempt_id = $1"
_MARK_APPLIED: Final = """
UPDATE delivery_reports SET applied_at = $2 WHERE attempt_id = $1 AND applied_at IS NULL
"""
_UNAPPLIED: Final = """
SELECT DISTINCT attempt_id FROM delivery_reports WHERE applied_at IS NULL AND received_at < $1 LIMIT $2
"""


async def add_report(
    connection: Executor,
    attempt_id: UUID,
    *,
    provider_id: str | None,
    state: ReportState,
    detail: str | None,
    now: datetime,
) -> None:
    """Keep a report as it came, the first of each state: what is repeated for ever takes no room."""
    await connection.execute(_ADD_REPORT, attempt_id, provider_id, state, detail, now)


async def obligation_of(connection: Executor, attempt_id: UUID) -> UUID | None:
    """The obligation of an attempt; `None` for an attempt that never was."""
    obligation_id: UUID | None = await connection.fetchval(_OBLIGATION, attempt_id)
    return obligation_id


async def reported_states(connection: Connection, attempt_id: UUID) -> Sequence[ReportState]:
    return [row["state"] for row in await connection.fetch(_OF_ATTEMPT, attempt_id)]


async def mark_reports_applied(connection: Connection, attempt_id: UUID, *, now: datetime) -> None:
    await connection.execute(_MARK_APPLIED, attempt_id, now)


async def with_unapplied_reports(connection: Executor, *, before: datetime, limit: int) -> list[UUID]:
    """Attempts with reports that were kept and, after a crash, not applied."""
    return [row["attempt_id"] for row in await connection.fetch(_UNAPPLIED, before, limit)]
