"""What do new facts lead to? They join what is known of their persons, and whoever must be told is."""

from collections.abc import Sequence

from services.notifications.domain.decision import Circumstances
from services.notifications.handlers.plan import plan
from services.notifications.storage import facts
from shared.database.pool import Connection
from shared.spine.records.received import ReceivedEvent


async def record_facts(
    connection: Connection, events: Sequence[ReceivedEvent], circumstances: Circumstances
) -> None:
    """In the consumer's transaction: a fact that is applied has its obligations."""
    if events:
        await facts.add(connection, events)
        await plan(connection, {event.subject for event in events}, circumstances)
