"""Forgets erased persons: ends what was expected of them, then deletes their pathways."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from services.pathway.domain.further.publication import FurtherChange, PublishedFurther, change_of_further
from services.pathway.domain.pathway import Closure
from services.pathway.domain.publication import Change, PublishedExpectation, change_of
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.publish_changes import publish_changes, publish_further
from services.pathway.storage import expectations, further_expectations, persons
from shared.database.pool import Connection
from shared.spine.erasure.erased import erased_persons
from shared.spine.records.received import ReceivedEvent


async def forget_persons(
    dependencies: Dependencies, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    """Delete what is known of the persons of these events; raises `EventRejected` for a forged one."""
    person_ids = await erased_persons(dependencies, connection, events)
    await persons.lock(connection, person_ids)
    published = await expectations.published_of(connection, person_ids)
    now = dependencies.clock()
    await publish_changes(
        connection, [end_of(known, now=now, reason="erased") for known in published.values()], now=now
    )
    further = (await further_expectations.published_of(connection, person_ids)).values()
    await publish_further(connection, [end_of_further(known, now=now) for known in further], now=now)
    await persons.forget(connection, person_ids)


def end_of(known: PublishedExpectation, *, now: datetime, reason: str) -> Change | None:
    """Nobody is waited for any more; what was a rupture, or was met, goes on to count as that."""
    if known.state == "overdue":
        known = replace(known, closure=Closure(closed_at=now, author="relais", reason=reason))
        expectation = known.expectation
    elif known.state == "open":
        expectation = replace(known.expectation, withdrawn=True)
    else:
        return None
    return change_of(known, expectation, person_id=known.person_id, now=now, trace=known.trace, overdue=False)


def end_of_further(known: PublishedFurther, *, now: datetime) -> FurtherChange | None:
    """The same of a further one."""
    if known.state not in ("open", "overdue"):
        return None
    withdrawn = replace(known.expectation, withdrawn=True)
    return change_of_further(
        known, withdrawn, person_id=known.person_id, now=now, trace=known.trace, overdue=False
    )
