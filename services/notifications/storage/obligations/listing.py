"""Reads the obligations about a person, newest first, with how each of them went."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.domain.obligations.obligation import Obligation
from services.notifications.storage.obligations.rows import obligations_of
from shared.database.pool import Connection

# Of the facts that these establishments stated (none named: of all), and of whom they declared.
_SHOWN: Final = """
SELECT o.* FROM obligations o WHERE person_id = $1 AND ($2::text[] IS NULL OR stated_by = ANY ($2)
    OR EXISTS (SELECT FROM members m WHERE m.member_id = o.recipient_id AND m.declared_by = ANY ($3)))
"""
_NEWEST: Final = f"{_SHOWN} ORDER BY created_at DESC, fact_occurred_at DESC, obligation_id LIMIT $4"
_LOCK: Final = f"{_SHOWN} AND obligation_id = $4 FOR UPDATE OF o"
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


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """Whose obligations about a person may be shown."""

    person_id: UUID
    statements_of: frozenset[str] | None
    """Establishments whose facts they are about; `None`: whoever's."""
    declared_by: Sequence[str]
    """Or establishments that declared whom they are owed to."""

    @property
    def parameters(self) -> tuple[Any, ...]:
        of = None if self.statements_of is None else list(self.statements_of)
        return (self.person_id, of, list(self.declared_by))


async def newest(connection: Connection, shown: Shown, *, limit: int) -> list[Listed]:
    """The newest obligations that may be shown, at most `limit`."""
    return await _listed(connection, await connection.fetch(_NEWEST, *shown.parameters, limit))


async def lock(connection: Connection, shown: Shown, obligation_id: UUID) -> Listed | None:
    """One obligation, locked; `None` for one that may not be shown."""
    found = await _listed(connection, await connection.fetch(_LOCK, *shown.parameters, obligation_id))
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
