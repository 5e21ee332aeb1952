"""Reads the obligations about a person, newest first, with how each of them went."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.domain.obligations.obligation import Obligation
from services.notifications.storage.obligations.rows import obligations_of
from shared.database.pool import Connection

_NEWEST: Final = """
SELECT * FROM obligations WHERE person_id = $1
ORDER BY created_at DESC, fact_occurred_at DESC, obligation_id LIMIT $2
"""
_LOCK: Final = "SELECT * FROM obligations WHERE person_id = $1 AND obligation_id = $2 FOR UPDATE"
_REASONS: Final = """
SELECT attempt_id, reason FROM attempts WHERE obligation_id = ANY ($1) AND reason IS NOT NULL
"""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An obligation with what is only shown, never decided about."""

    obligation: Obligation
    reason: str | None
    channel: str | None
    evidence: str | None
    settled_at: datetime | None
    reasons: Mapping[UUID, str]
    """Why attempts failed, by attempt."""


async def newest(connection: Connection, person_id: UUID, *, limit: int) -> list[Listed]:
    """The newest obligations about a person, at most `limit`."""
    return await _listed(connection, await connection.fetch(_NEWEST, person_id, limit))


async def lock(connection: Connection, person_id: UUID, obligation_id: UUID) -> Listed | None:
    """One obligation about a person, locked."""
    found = await _listed(connection, await connection.fetch(_LOCK, person_id, obligation_id))
    return found[0] if found else None


async def _listed(connection: Connection, rows: Sequence[Any]) -> list[Listed]:
    found = await obligations_of(connection, rows)
    reasons = {
        row["attempt_id"]: row["reason"]
        for row in await connection.fetch(_REASONS, [obligation.obligation_id for obligation in found])
    }
    return [
        Listed(
            obligation=obligation,
            reason=row["reason"],
            channel=row["channel"],
            evidence=row["evidence"],
            settled_at=row["settled_at"],
            reasons=reasons,
        )
        for obligation, row in zip(found, rows, strict=True)
    ]
