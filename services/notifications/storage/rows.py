"""How does a row become what the domain decides about? Obligations with their attempts, and back."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.domain.attempt import Attempt
from services.notifications.domain.obligations import Obligation
from shared.database.pool import Connection

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
    return Obligation(**{name: row[name] for name in COLUMNS}, attempts=tuple(attempts))


def values_of(obligation: Obligation) -> tuple[object, ...]:
    """The values of `COLUMNS`."""
    return tuple(value for name, value in msgspec.structs.asdict(obligation).items() if name != "attempts")
