"""A movement was inserted, updated or cancelled: keep what was said of it."""

from collections.abc import Sequence

from services.indicators.handlers import Handlers
from shared.database.pool import Connection
from shared.spine.records.received import ReceivedEvent


async def on_movement(
    handlers: Handlers, _: object, connection: Connection, events: Sequence[ReceivedEvent]
) -> None:
    await handlers.keep_movements(connection, events)
