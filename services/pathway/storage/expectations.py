"""Stores what was published of each expectation, and finds those whose time has passed."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, get_args
from uuid import UUID

import msgspec

from services.pathway.domain.pathway import Closure, Ending, Expectation
from services.pathway.domain.publication import PublishedExpectation
from services.pathway.domain.rules import Rules
from shared.database.pool import Connection, Executor
from shared.events.envelope import TraceContext

_SAVE: Final = """
INSERT INTO expectations (expectation_id, person_id, departure_movement_id, from_establishment,
    to_establishment, departed_at, due_at, rules_version, arrival_movement_id, arrived_at, state, version,
    trace, deadline_unknown, reassigned, ended_at, ended_by_movement_id, closed_at, closed_by, closed_because,
    known_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[],
    $7::timestamptz[], $8::int[], $9::uuid[], $10::timestamptz[], $11::text[], $12::int[], $13::text[],
    $14::bool[], $15::text[], $16::timestamptz[], $17::uuid[], $18::timestamptz[], $19::text[], $20::text[],
    $21::timestamptz[])
ON CONFLICT (expectation_id, person_id) DO UPDATE SET
    from_establishment = excluded.from_establishment, departed_at = excluded.departed_at,
    due_at = excluded.due_at, rules_version = excluded.rules_version,
    arrival_movement_id = excluded.arrival_movement_id, arrived_at = excluded.arrived_at,
    state = excluded.state, version = excluded.version, trace = excluded.trace,
    deadline_unknown = excluded.deadline_unknown, reassigned = excluded.reassigned,
    ended_at = excluded.ended_at, ended_by_movement_id = excluded.ended_by_movement_id,
    closed_at = excluded.closed_at, closed_by = excluded.closed_by, closed_because = excluded.closed_because,
    known_at = excluded.known_at
"""

_READ: Final = "SELECT * FROM expectations WHERE person_id = ANY ($1)"

# Skips persons whom another transaction has locked: this duty never waits for a lock, so it can lock in the
# order of urgency without a deadlock. The next turn finds them again. As `judgement` does, it
# leaves out those of silent destinations: they would fill every turn.
_LOCK_DUE: Final = """
SELECT person_id FROM pathways
WHERE person_id IN (
    SELECT person_id FROM expectations
    CROSS JOIN LATERAL (
        SELECT min(current_until) AS current_until FROM feeds
        WHERE to_establishment IN (establishment, legal_entity)
    ) AS destination
    WHERE state = 'open' AND due_at < $1 AND (
        greatest(due_at, known_at) < $1 - $3::interval
        OR (current_until > due_at AND coalesce(known_at, due_at) < $1 - $4::interval)
    )
    ORDER BY due_at LIMIT $2
)
FOR UPDATE SKIP LOCKED
"""

# A person is missed where they should arrive or return; a plan that was missed is no rupture.
_OVERDUE: Final = """
SELECT min(greatest(due_at, known_at)) FILTER (WHERE state = 'open') AS oldest,
    count(*) FILTER (WHERE state = 'overdue' AND is_rupture) AS overdue
FROM (
    SELECT state, due_at, known_at, true AS is_rupture FROM expectations
    UNION ALL SELECT state, due_at, known_at, document -> 'expectation' ->> 'kind' = 'return'
        FROM further_expectations
) AS expectations
WHERE state = 'overdue' OR (state = 'open' AND due_at < $1 AND greatest(due_at, known_at) < $1)
"""

_encoder: Final = msgspec.json.Encoder()
_trace_decoder: Final = msgspec.json.Decoder(TraceContext)


ExpectationKey = tuple[UUID, UUID]
"""Person and expectation: a departure that is moved to another person is expected to end there, too."""


class OverdueCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Since when the oldest wait should have been judged overdue, and how many ruptures are open."""

    unjudged_since: datetime | None
    overdue: int


async def save(connection: Connection, published: Sequence[PublishedExpectation]) -> None:
    """Record what is published in this transaction."""
    if not published:
        return
    expectations = [known.expectation for known in published]
    await connection.execute(
        _SAVE,
        [expectation.expectation_id for expectation in expectations],
        [known.person_id for known in published],
        [expectation.departure_movement_id for expectation in expectations],
        [expectation.from_establishment for expectation in expectations],
        [expectation.to_establishment for expectation in expectations],
        [expectation.departed_at for expectation in expectations],
        [expectation.due_at for expectation in expectations],
        [expectation.rules_version for expectation in expectations],
        [expectation.arrival_movement_id for expectation in expectations],
        [expectation.arrived_at for expectation in expectations],
        [known.state for known in published],
        [known.version for known in published],
        [_encoder.encode(known.trace).decode() if known.trace else None for known in published],
        [expectation.deadline_unknown for expectation in expectations],
        [expectation.reassigned for expectation in expectations],
        [expectation.ended_at for expectation in expectations],
        [expectation.ended_by_movement_id for expectation in expectations],
        *_closure_columns([known.closure for known in published]),
        [expectation.known_at for expectation in expectations],
    )


def _closure_columns(closures: Sequence[Closure | None]) -> Iterator[list[Any]]:
    for name in ("closed_at", "author", "reason"):
        yield [getattr(closure, name, None) for closure in closures]


async def published_of(
    connection: Connection, person_ids: Collection[UUID]
) -> dict[ExpectationKey, PublishedExpectation]:
    """What was published so far of the expectations of these persons, whom the caller has locked."""
    rows = await connection.fetch(_READ, list(person_ids))
    return {(row["person_id"], row["expectation_id"]): _published_expectation(row) for row in rows}


async def lock_persons_due(connection: Connection, rules: Rules, *, now: datetime, limit: int) -> list[UUID]:
    """Lock persons with an expectation that may be overdue by now, the most urgent first."""
    rows = await connection.fetch(_LOCK_DUE, now, limit, rules.feed_grace, rules.feed_settling)
    return [row["person_id"] for row in rows]


async def overdue_counts(connection: Executor, rules: Rules, *, now: datetime) -> OverdueCounts:
    """What the metrics show, as of `now`: even from a silent destination nobody is waited for so long."""
    row = await connection.fetchrow(_OVERDUE, now - rules.feed_grace)
    since = row["oldest"] + rules.feed_grace if row["oldest"] else None
    return OverdueCounts(unjudged_since=since, overdue=row["overdue"])


def _published_expectation(row: Any) -> PublishedExpectation:
    expectation = Expectation(
        expectation_id=row["expectation_id"],
        departure_movement_id=row["departure_movement_id"],
        from_establishment=row["from_establishment"],
        to_establishment=row["to_establishment"],
        departed_at=row["departed_at"],
        due_at=row["due_at"],
        rules_version=row["rules_version"],
        known_at=row["known_at"],
        arrival_movement_id=row["arrival_movement_id"],
        arrived_at=row["arrived_at"],
        withdrawn=row["state"] == "withdrawn",
        reassigned=row["reassigned"],
        ended_as=row["state"] if row["state"] in get_args(Ending) else None,
        ended_at=row["ended_at"],
        ended_by_movement_id=row["ended_by_movement_id"],
        deadline_unknown=row["deadline_unknown"],
    )
    trace = _trace_decoder.decode(row["trace"]) if row["trace"] else {}
    return PublishedExpectation(
        person_id=row["person_id"],
        expectation=expectation,
        state=row["state"],
        version=row["version"],
        closure=_closure(row),
        trace=trace,
    )


def _closure(row: Any) -> Closure | None:
    if row["closed_at"] is None:
        return None
    return Closure(closed_at=row["closed_at"], author=row["closed_by"], reason=row["closed_because"])
