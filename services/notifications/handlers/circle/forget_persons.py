"""Forgets erased persons: ends what was owed about them, then deletes their circles and all messages."""

from collections.abc import Sequence

from services.notifications.domain.obligations.obligation import TERMINAL
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.end_obligations import end_and_publish
from services.notifications.storage import erasure
from services.notifications.storage.obligations.rows import FinalOutcome
from shared.database.pool import Connection
from shared.spine.erasure.erased import erased_persons
from shared.spine.records.received import ReceivedEvent


async def forget_persons(
    dependencies: Dependencies, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    """Delete what is known of the persons of these events; raises `EventRejected` for a forged one."""
    person_ids = await erased_persons(dependencies, connection, events)
    obligations = await erasure.lock(connection, person_ids)
    ended = [
        FinalOutcome(obligation=each, outcome="suppressed", reason="erased")
        for each in obligations
        if each.status not in TERMINAL
    ]
    await end_and_publish(connection, ended, now=dependencies.clock())
    await erasure.forget(connection, person_ids, [each.obligation_id for each in obligations])
