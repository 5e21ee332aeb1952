"""Reads and writes rows of obligations: planned, locked, barred, ended."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.obligations.obligation import Attempt, End, Obligation
from services.notifications.domain.obligations.planning import Bar
from shared.database.pool import Connection, Executor
from shared.events.envelope import TraceContext
from shared.events.notifications import ObligationSettled, Outcome

_trace_encoder: Final = msgspec.json.Encoder()
_trace_decoder: Final = msgspec.json.Decoder(TraceContext)


def encode_trace(trace: TraceContext) -> str | None:
    return _trace_encoder.encode(trace).decode() if trace else None


def decode_trace(stored: str | None) -> TraceContext:
    return _trace_decoder.decode(stored) if stored else {}


_ATTEMPTS: Final = """
SELECT attempt_id, obligation_id, number, step, channel, status, claimed_at, answered_at FROM attempts
WHERE obligation_id = ANY ($1) ORDER BY obligation_id, number
"""

COLUMNS: Final = tuple(name for name in Obligation.__struct_fields__ if name != "attempts")


async def obligations_of(connection: Connection, rows: Sequence[Any]) -> list[Obligation]:
    """The obligations of these rows of `obligations`, in their order."""
    attempts: dict[UUID, list[Attempt]] = defaultdict(list)
    if rows:
        found = await connection.fetch(_ATTEMPTS, [row["obligation_id"] for row in rows])
        for attempt in found:
            attempts[attempt["obligation_id"]].append(_attempt(attempt))
    return [_obligation(row, attempts[row["obligation_id"]]) for row in rows]


def _attempt(row: Any) -> Attempt:
    return Attempt(
        attempt_id=row["attempt_id"],
        number=row["number"],
        step=row["step"],
        channel=row["channel"],
        status=row["status"],
        claimed_at=row["claimed_at"],
        answered_at=row["answered_at"],
    )


def _obligation(row: Any, attempts: Sequence[Attempt]) -> Obligation:
    stored = {name: row[name] for name in COLUMNS} | {"trace": decode_trace(row["trace"])}
    return Obligation(**stored, attempts=tuple(attempts))


def values_of(obligation: Obligation) -> tuple[object, ...]:
    """The values of `COLUMNS`."""
    stored = msgspec.structs.asdict(obligation) | {"trace": encode_trace(obligation.trace)}
    return tuple(stored[name] for name in COLUMNS)


# Waits for a sender that holds one of them; senders never wait for this (SKIP LOCKED).
_LOCK_OPEN: Final = """
SELECT * FROM obligations WHERE person_id = ANY ($1) AND next_action_at IS NOT NULL
ORDER BY obligation_id FOR UPDATE
"""

_KNOWN: Final = "SELECT obligation_id FROM obligations WHERE person_id = ANY ($1)"

_WAKE_UNSENT: Final = """
UPDATE obligations SET next_action_at = $2
WHERE recipient_id = $1 AND status IN ('scheduled', 'due') AND next_action_at > $2
"""

_BAR: Final = """
UPDATE obligations o
SET barred_by = b.barred_by, superseded_by = b.superseded_by, silent_from = b.silent_from
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[])
    AS b (obligation_id, barred_by, superseded_by, silent_from)
WHERE o.obligation_id = b.obligation_id
"""


class NewObligation(msgspec.Struct, frozen=True, kw_only=True):
    """A new obligation, open, or ended as soon as it was planned."""

    obligation: Obligation
    end: End | None


async def lock_open(connection: Connection, person_ids: Collection[UUID]) -> list[Obligation]:
    """The open obligations of persons whom the caller has locked."""
    return await obligations_of(connection, await connection.fetch(_LOCK_OPEN, list(person_ids)))


async def existing_ids(connection: Connection, person_ids: Collection[UUID]) -> set[UUID]:
    """The ids of all obligations there are about these persons."""
    return {row["obligation_id"] for row in await connection.fetch(_KNOWN, list(person_ids))}


async def add(connection: Connection, planned: Sequence[NewObligation], *, now: datetime) -> None:
    """Insert new obligations; the caller has locked the persons, so nobody else inserts the same ones."""
    if planned:
        await connection.copy_records_to_table(
            "obligations",
            records=[_record(new, now=now) for new in planned],
            columns=[*COLUMNS, "reason", "next_action_at", "settled_at", "created_at"],
        )


def _record(new: NewObligation, *, now: datetime) -> tuple[object, ...]:
    values = values_of(new.obligation)
    if new.end is None:
        return (*values, None, new.obligation.not_before, None, now)
    return (*values, new.end.reason, None, now, now)


async def bar(connection: Connection, bars: Sequence[Bar]) -> None:
    if bars:
        await connection.execute(
            _BAR,
            [bar.obligation_id for bar in bars],
            [bar.barred_by for bar in bars],
            [bar.superseded_by for bar in bars],
            [bar.silent_from for bar in bars],
        )


async def wake_unsent(connection: Connection, member_id: UUID, *, now: datetime) -> None:
    """Make what waits for this member without an attempt due now."""
    await connection.execute(_WAKE_UNSENT, member_id, now)


_SETTLE: Final = """
UPDATE obligations o SET status = s.outcome, reason = s.reason, channel = s.channel, evidence = s.evidence,
    superseded_by = coalesce(s.superseded_by, o.superseded_by), next_action_at = NULL, settled_at = $7
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[])
    AS s (obligation_id, outcome, reason, channel, evidence, superseded_by)
WHERE o.obligation_id = s.obligation_id
"""

_OPEN_TASKS: Final = """
INSERT INTO human_tasks (obligation_id, reason, opened_at)
SELECT t.*, $3 FROM unnest($1::uuid[], $2::text[]) AS t
"""

_ENDS: Final = "SELECT data FROM ledger WHERE event_id = ANY ($1)"
_RESTORE: Final = """
UPDATE obligations o SET channel = s.channel, settled_at = s.settled_at, evidence = 'ledger'
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS s (obligation_id, channel, settled_at)
WHERE o.obligation_id = s.obligation_id
"""


class FinalOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The end of an obligation that the caller has locked."""

    obligation: Obligation
    outcome: Outcome
    reason: str | None = None
    channel: ChannelName | None = None
    evidence: str | None = None
    superseded_by: UUID | None = None


async def mark_ended(connection: Connection, outcomes: Sequence[FinalOutcome], *, now: datetime) -> None:
    await connection.execute(
        _SETTLE,
        [outcome.obligation.obligation_id for outcome in outcomes],
        [outcome.outcome for outcome in outcomes],
        [outcome.reason for outcome in outcomes],
        [outcome.channel for outcome in outcomes],
        [outcome.evidence for outcome in outcomes],
        [outcome.superseded_by for outcome in outcomes],
        now,
    )
    expired = [outcome for outcome in outcomes if outcome.outcome == "expired"]
    if expired:
        await connection.execute(
            _OPEN_TASKS,
            [outcome.obligation.obligation_id for outcome in expired],
            [outcome.reason or "expired" for outcome in expired],
            now,
        )


async def published_ends(connection: Executor, event_ids: Sequence[UUID]) -> dict[UUID, ObligationSettled]:
    """How obligations ended, as this service stated it; by obligation."""
    rows = await connection.fetch(_ENDS, event_ids)
    ends = [msgspec.json.decode(row["data"], type=ObligationSettled) for row in rows]
    return {end.obligation_id: end for end in ends}


async def restore(connection: Connection, ends: Sequence[ObligationSettled]) -> None:
    """Record when and over which channel restored obligations ended."""
    await connection.execute(
        _RESTORE,
        [end.obligation_id for end in ends],
        [end.channel for end in ends],
        [end.settled_at for end in ends],
    )
