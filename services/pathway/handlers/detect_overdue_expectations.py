"""Opens the ruptures that no event brings about, only the passing of time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from services.pathway.domain.judgement import is_overdue, must_listen_first
from services.pathway.domain.publication import change_of
from services.pathway.domain.rules import Rules
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.publish_changes import publish_changes
from services.pathway.storage import expectations, feeds
from shared.database.pool import Connection

MAX_PERSONS: Final = 200


class LockPersonsDue(Protocol):
    """Locks persons of whom something of one kind may be overdue, the most urgent first."""

    async def __call__(
        self, connection: Connection, rules: Rules, *, now: datetime, limit: int
    ) -> list[UUID]: ...


async def persons_to_judge(
    dependencies: Dependencies, connection: Connection, lock_persons_due: LockPersonsDue, *, limit: int
) -> Sequence[UUID]:
    """Lock the most urgent persons of whom something may be overdue; nobody while we must listen first."""
    now, rules = dependencies.clock(), dependencies.rules
    person_ids = await lock_persons_due(connection, rules, now=now, limit=limit)
    if not person_ids:
        return ()
    lag = await feeds.lag_since(connection, now - rules.feed_settling / 4)
    must_listen = must_listen_first(rules, lag=lag, watching_since=dependencies.watching_since, now=now)
    return () if must_listen else person_ids


async def detect_overdue_expectations(
    dependencies: Dependencies, connection: Connection, *, limit: int = MAX_PERSONS
) -> int:
    """Publish what became overdue of the most urgent persons, and count them; at `limit` there may be more.

    Idempotent: what was published of an expectation is read under the lock of its person.
    """
    now, rules = dependencies.clock(), dependencies.rules
    person_ids = await persons_to_judge(dependencies, connection, expectations.lock_persons_due, limit=limit)
    if not person_ids:
        return 0
    published = (await expectations.published_of(connection, person_ids)).values()
    destinations = {known.expectation.to_establishment for known in published}
    current_until = await feeds.current_until(connection, destinations)
    changes = [
        change_of(
            known,
            known.expectation,
            person_id=known.person_id,
            now=now,
            trace=known.trace,
            overdue=is_overdue(
                known.expectation,
                rules,
                current_until=current_until.get(known.expectation.to_establishment),
                now=now,
            ),
        )
        for known in published
    ]
    await publish_changes(connection, changes, now=now)
    return len(person_ids)
