"""A movement or a watched arrival was stated: whoever must be told of it gets an obligation."""

from collections.abc import Sequence

from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.plan import record_facts
from shared.database.pool import Connection
from shared.spine.inbox.application import Route
from shared.spine.records.received import ReceivedEvent


def on_stated_fact(dependencies: Dependencies) -> Route:
    """The route for a whole batch, inside the transaction that also moves the checkpoint."""

    async def consume(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        await record_facts(dependencies, connection, events)

    return consume
