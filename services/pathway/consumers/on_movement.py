"""A movement was inserted, updated or cancelled: fold the pathways of the persons concerned."""

from collections.abc import Sequence

from services.pathway.domain.rules import Rules
from services.pathway.handlers.record_movements import record_movements
from shared.database.pool import Connection
from shared.runtime.clock import Clock
from shared.spine.inbox.application import Route
from shared.spine.records.received import ReceivedEvent


def on_movement(*, clock: Clock, rules: Rules) -> Route:
    """The route for a whole batch, inside the transaction that also moves the checkpoint."""

    async def consume(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        await record_movements(connection, events, now=clock(), rules=rules)

    return consume
