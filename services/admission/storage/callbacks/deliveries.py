"""Holds the SQL of callbacks as they are delivered."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from services.admission.domain.callbacks.news import Kind, News
from shared.database.pool import Connection, Executor

State = Literal["waiting", "delivered", "given_up"]

_ADD: Final = """
INSERT INTO callback_deliveries (delivery_id, source_id, receipt_id, news, found_at, state, due_at, attempts)
SELECT delivery_id, source_id, receipt_id, news::jsonb, $5, 'waiting', $5, 0
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS n (delivery_id, source_id, receipt_id, news)
"""
_DUE: Final = """
SELECT source_id FROM callbacks
WHERE state = 'active' AND (rests_until IS NULL OR rests_until <= $1) AND source_id <> ALL ($2)
    AND EXISTS (
        SELECT FROM callback_deliveries AS waiting
        WHERE waiting.source_id = callbacks.source_id AND waiting.state = 'waiting' AND due_at <= $1
    )
ORDER BY delivered_at NULLS FIRST LIMIT $3
"""
_CLAIM: Final = """
UPDATE callback_deliveries AS delivery SET due_at = $3, attempts = attempts + 1
FROM (
    SELECT delivery_id FROM callback_deliveries
    WHERE source_id = $1 AND state = 'waiting' AND due_at <= $2
        AND EXISTS (
            SELECT FROM callbacks WHERE source_id = $1 AND state = 'active'
                AND (rests_until IS NULL OR rests_until <= $2)
        )
    ORDER BY due_at, delivery_id LIMIT $4 FOR UPDATE SKIP LOCKED
) AS due
WHERE delivery.delivery_id = due.delivery_id
RETURNING delivery.delivery_id, receipt_id, news::text, found_at, attempts
"""
_BEGIN_ANEW: Final = """
UPDATE callback_deliveries SET due_at = $2, attempts = 0 WHERE source_id = $1 AND state = 'waiting'
"""
_RECORD: Final = """
UPDATE callback_deliveries SET state = $2, answer = $3, due_at = coalesce($4, due_at), ended_at = $5
WHERE delivery_id = $1 AND state = 'waiting'
"""
_PAGE: Final = """
SELECT delivery_id, receipt_id, news::text, found_at, state, attempts, answer, ended_at,
    CASE WHEN state = 'waiting' THEN due_at END AS due_at
FROM callback_deliveries
WHERE source_id = $1 AND ($2::uuid IS NULL OR delivery_id < $2) AND ($3::text IS NULL OR state = $3)
ORDER BY delivery_id DESC LIMIT $4
"""
_COUNTS: Final = """
SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
    count(*) FILTER (WHERE state = 'given_up') AS given_up
FROM callback_deliveries WHERE source_id = $1 AND state <> 'delivered'
"""

_news: Final = msgspec.json.Decoder(News)


class NewDelivery(Struct, frozen=True, kw_only=True):
    """News that a source is to be told."""

    delivery_id: UUID
    source_id: UUID
    receipt_id: UUID | None
    news: News


class DueDelivery(Struct, frozen=True, kw_only=True):
    """A callback that is to be tried now."""

    delivery_id: UUID
    receipt_id: UUID | None
    news: News
    found_at: datetime
    attempts: int
    """This one included."""


class Delivery(Struct, frozen=True, kw_only=True):
    """A callback as operators and its source see it."""

    delivery_id: UUID
    """Its `webhook-id`."""
    type: Kind
    receipt_id: UUID | None
    found_at: datetime
    state: State
    attempts: int
    """Since it was found, or since the endpoint was moved or resumed."""
    answer: str | None
    """The last one: an HTTP status, or what failed."""
    due_at: datetime | None
    """When it is tried next, once the endpoint is active."""
    ended_at: datetime | None


async def add(connection: Connection, new: Sequence[NewDelivery], *, at: datetime) -> None:
    """Let these be told."""
    await connection.execute(
        _ADD,
        [each.delivery_id for each in new],
        [each.source_id for each in new],
        [each.receipt_id for each in new],
        [msgspec.json.encode(each.news).decode() for each in new],
        at,
    )


async def sources_due(
    connection: Executor, *, now: datetime, besides: Collection[UUID], limit: int
) -> list[UUID]:
    """Sources that have something to be told now, who took one longest ago first; none of `besides`."""
    rows = await connection.fetch(_DUE, now, list(besides), limit)
    return [row["source_id"] for row in rows]


async def claim(
    connection: Connection, source_id: UUID, *, now: datetime, lease_until: datetime, limit: int
) -> list[DueDelivery]:
    """Callbacks of a source to be tried now, which nobody else tries before the lease ends."""
    rows = await connection.fetch(_CLAIM, source_id, now, lease_until, limit)
    return [DueDelivery(**{**dict(row), "news": _news.decode(row["news"])}) for row in rows]


async def begin_anew(connection: Connection, source_id: UUID, *, at: datetime) -> None:
    """Let all that waits for a source be tried now, as if it had never been."""
    await connection.execute(_BEGIN_ANEW, source_id, at)


async def record(
    connection: Connection,
    delivery_id: UUID,
    state: State,
    *,
    answer: str,
    at: datetime,
    due_at: datetime | None = None,
) -> None:
    """Keep what a try came to; what ended before stays as it ended."""
    ended_at = None if state == "waiting" else at
    await connection.execute(_RECORD, delivery_id, state, answer, due_at, ended_at)


async def page_of(
    connection: Executor, source_id: UUID, *, after: UUID | None, state: State | None, limit: int
) -> list[Delivery]:
    """Those of a source, newest first."""
    rows = await connection.fetch(_PAGE, source_id, after, state, limit)
    return [_delivery(dict(row)) for row in rows]


async def counts_of(connection: Executor, source_id: UUID) -> tuple[int, int]:
    """How many of a source wait, and how many were given up."""
    row = await connection.fetchrow(_COUNTS, source_id)
    return row["waiting"], row["given_up"]


def _delivery(row: dict[str, object]) -> Delivery:
    news = _news.decode(str(row.pop("news")))
    return Delivery(type=news.type, **row)  # type: ignore[arg-type]
