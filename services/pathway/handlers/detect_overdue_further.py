"""Judges what else is overdue, such as a return: no event says so, only the passing of time."""

from datetime import datetime

from services.pathway.domain.further.publication import PublishedFurther, change_of_further
from services.pathway.domain.judgement import is_past
from services.pathway.domain.rules import Rules
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.detect_overdue_expectations import MAX_PERSONS, persons_to_judge
from services.pathway.handlers.publish_changes import publish_further
from services.pathway.storage import feeds, further_expectations
from shared.database.pool import Connection


async def detect_overdue_further(
    dependencies: Dependencies, connection: Connection, *, limit: int = MAX_PERSONS
) -> int:
    """Publish what became overdue of the most urgent persons, and count them; at `limit` there may be more.

    Idempotent: what was published is read under the lock of its person.
    """
    now, rules = dependencies.clock(), dependencies.rules
    lock_persons_due = further_expectations.lock_persons_due
    person_ids = await persons_to_judge(dependencies, connection, lock_persons_due, limit=limit)
    if not person_ids:
        return 0
    found = (await further_expectations.published_of(connection, person_ids)).values()
    open_ = [known for known in found if known.state == "open"]
    current_until = await feeds.current_until(connection, {each.expectation.establishment for each in open_})
    changes = [
        change_of_further(
            known,
            known.expectation,
            person_id=known.person_id,
            now=now,
            trace=known.trace,
            overdue=True,
        )
        for known in open_
        if _is_overdue(
            known, rules, current_until=current_until.get(known.expectation.establishment), now=now
        )
    ]
    await publish_further(connection, changes, now=now)
    return len(person_ids)


def _is_overdue(
    known: PublishedFurther, rules: Rules, *, current_until: datetime | None, now: datetime
) -> bool:
    expected = known.expectation
    return is_past(expected.due_at, rules, known_at=expected.known_at, current_until=current_until, now=now)
