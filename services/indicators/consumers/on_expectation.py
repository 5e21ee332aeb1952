"""Something became of an expected arrival: keep it."""

from collections.abc import Sequence

from services.indicators.handlers import Handlers
from shared.database.pool import Connection
from shared.spine.records.received import ReceivedEvent


async def on_expectation(
    handlers: Handlers, _: object, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    await handlers.keep_expectations(connection, events)
