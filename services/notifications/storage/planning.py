"""What is written when a person's facts or circle change? New obligations, second thoughts on old ones."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from services.notifications.domain.decision import Settle
from services.notifications.domain.obligations import Obligation
from services.notifications.domain.planning import Bar
from services.notifications.storage.rows import COLUMNS, obligations_of, values_of
from shared.database.pool import Connection

# Waits for whoever is about to send one of them; senders never wait for this (SKIP LOCKED).
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
UPDATE obligations o SET barred_by = b.barred_by, superseded_by = b.superseded_by
FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS b (obligation_id, barred_by, superseded_by)
WHERE o.obligation_id = b.obligation_id
"""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A new obligation, open or settled at once."""

    obligation: Obligation
    end: Settle | None


async def lock_open(connection: Connection, person_ids: Collection[UUID]) -> list[Obligation]:
    """The open obligations of persons whom the caller has locked."""
    return await obligations_of(connection, await connection.fetch(_LOCK_OPEN, list(person_ids)))


async def known(connection: Connection, person_ids: Collection[UUID]) -> set[UUID]:
    """The ids of all obligations there are about these persons."""
    return {row["obligation_id"] for row in await connection.fetch(_KNOWN, list(person_ids))}


async def add(connection: Connection, planned: Sequence[Planned], *, now: datetime) -> None:
    """The caller has locked the persons, so nobody adds the same ones meanwhile."""
    if planned:
        await connection.copy_records_to_table(
            "obligations",
            records=[_record(new, now=now) for new in planned],
            columns=[*COLUMNS, "reason", "next_action_at", "settled_at", "created_at"],
        )


def _record(new: Planned, *, now: datetime) -> tuple[object, ...]:
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
        )


async def wake_unsent(connection: Connection, member_id: UUID, *, now: datetime) -> None:
    """Whatever waits for this member without a try is looked at now."""
    await connection.execute(_WAKE_UNSENT, member_id, now)
