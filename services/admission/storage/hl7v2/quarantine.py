"""Holds the SQL of messages that were refused."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.database.pool import Connection, Executor

State = Literal["open", "applied", "dismissed"]

MOST_OPEN: Final = 1000
"""Of one source: who sends more that cannot be read is answered, and not kept."""

_KEEP: Final = """
INSERT INTO hl7v2_quarantine (quarantine_id, source_id, establishment, raw_index, charset, event, findings,
    state, times, received_at, seen_at, wrapped_key, record)
SELECT $1, $2, $3, $4, $11, $5, $6::jsonb, 'open', 1, $7, $7, $8, $9
WHERE (SELECT count(*) FROM hl7v2_quarantine WHERE source_id = $2 AND state = 'open') < $10
ON CONFLICT (source_id, raw_index) DO UPDATE SET times = hl7v2_quarantine.times + 1, seen_at = $7,
    findings = excluded.findings, charset = excluded.charset
"""
_LISTED: Final = """
SELECT quarantine_id, source_id, establishment, event, findings, state, times, received_at, seen_at
FROM hl7v2_quarantine
WHERE state = $1 AND ($2::text[] IS NULL OR establishment = ANY ($2))
    AND (received_at, quarantine_id) > ($3, $4)
ORDER BY received_at, quarantine_id LIMIT $5
"""
_ONE: Final = """
SELECT source_id, establishment, charset, wrapped_key, record FROM hl7v2_quarantine WHERE quarantine_id = $1
"""
_SETTLE: Final = """
UPDATE hl7v2_quarantine SET state = $2, settled_at = $3, settled_by = $4 WHERE quarantine_id = $1
"""
_BY_ESTABLISHMENT: Final = """
SELECT quarantine_id, wrapped_key, record FROM hl7v2_quarantine
WHERE (establishment = ANY ($1) OR establishment IS NULL) AND quarantine_id > $2
ORDER BY quarantine_id LIMIT 200
"""
_REMOVE: Final = "DELETE FROM hl7v2_quarantine WHERE quarantine_id = ANY ($1)"
_FORGET: Final = "DELETE FROM hl7v2_quarantine WHERE seen_at < $1"


class NewQuarantined(Struct, frozen=True, kw_only=True):
    """A message that was refused, sealed."""

    quarantine_id: UUID
    source_id: UUID
    establishment: str | None
    raw_index: bytes
    charset: str | None
    event: str
    findings: bytes
    """JSON."""
    received_at: datetime
    wrapped_key: bytes
    record: bytes


class SaidFinding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was answered of a message: code of table 0357, place, in both languages."""

    code: int
    french: str
    english: str
    place: str = ""


class QuarantinedMessage(Struct, frozen=True, kw_only=True):
    """A message that was refused; its content is not shown."""

    quarantine_id: UUID
    source_id: UUID
    establishment: str | None
    event: str
    findings: tuple[SaidFinding, ...]
    state: State
    times: int
    """How often it came."""
    received_at: datetime
    seen_at: datetime


class Sealed(Struct, frozen=True):
    """The bytes of a message, sealed, and whose it is."""

    source_id: UUID
    establishment: str | None
    charset: str | None
    """What its transport said of it."""
    wrapped_key: bytes
    record: bytes


async def keep(connection: Connection, new: NewQuarantined) -> None:
    """Keep it, unless its source has too many; the same bytes are kept once."""
    await connection.execute(
        _KEEP,
        new.quarantine_id,
        new.source_id,
        new.establishment,
        new.raw_index,
        new.event,
        new.findings.decode(),
        new.received_at,
        new.wrapped_key,
        new.record,
        MOST_OPEN,
        new.charset,
    )


async def listed(
    connection: Executor,
    state: State,
    *,
    establishments: Collection[str] | None,
    after: tuple[datetime, UUID],
    limit: int,
) -> list[QuarantinedMessage]:
    """Those in this state, oldest first; `establishments`: whose, `None` for all."""
    whose = None if establishments is None else list(establishments)
    rows = await connection.fetch(_LISTED, state, whose, *after, limit)
    return [QuarantinedMessage(**{**dict(row), "findings": _findings(row["findings"])}) for row in rows]


async def sealed(connection: Executor, quarantine_id: UUID) -> Sealed | None:
    """The message, as it was kept."""
    row = await connection.fetchrow(_ONE, quarantine_id)
    return None if row is None else Sealed(*row.values())


async def settle(
    connection: Connection, quarantine_id: UUID, state: State, *, at: datetime, by: UUID | None
) -> None:
    """Say what became of it."""
    await connection.execute(_SETTLE, quarantine_id, state, at, by)


async def of_establishments(
    connection: Executor, establishments: Collection[str]
) -> AsyncIterator[tuple[UUID, bytes, bytes]]:
    """Id, wrapped key and record of each message of theirs, and of nobody's; a few at a time."""
    last = UUID(int=0)
    while rows := await connection.fetch(_BY_ESTABLISHMENT, list(establishments), last):
        for row in rows:
            last = row["quarantine_id"]
            yield last, row["wrapped_key"], row["record"]


async def remove(connection: Connection, quarantine_ids: Collection[UUID]) -> None:
    """Delete these, whatever became of them."""
    await connection.execute(_REMOVE, list(quarantine_ids))


async def forget(connection: Connection, *, before: datetime) -> None:
    """Delete what came last before then."""
    await connection.execute(_FORGET, before)


def _findings(stored: Any) -> tuple[SaidFinding, ...]:
    text = stored if isinstance(stored, str | bytes) else msgspec.json.encode(stored)
    return msgspec.json.decode(text, type=tuple[SaidFinding, ...])
