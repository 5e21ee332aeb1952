"""A member process: the production consumer on one of the two client libraries."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import uvloop

from shared.database.pool import Connection, open_pool
from shared.events.admission import AccessRevoked
from shared.spine.consumer import batch_consumer as consumer
from shared.spine.consumer.batch_consumer import BatchConsumer
from shared.spine.inbox.applied import Applied, report_applied
from shared.spine.inbox.applier import Applier
from shared.spine.kafka.clients import GroupClient, group_client
from shared.spine.records.received import ReceivedEvent
from shared.spine.worker import run_worker
from shared.telemetry.logging import get_logger
from tests.continuity.bus.confluent_client import ConfluentClient

CLIENTS: Final[Mapping[str, Callable[..., GroupClient]]] = {
    "aiokafka": group_client,
    "confluent": ConfluentClient,
}
GROUP: Final = "bus-{client}"
_INSERT: Final = "INSERT INTO effects (number, event_id, subject, sequence) VALUES ($1, $2, $3, $4)"


async def _take_effect(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
    rows = [(_number(each), each.event_id, each.subject, each.sequence) for each in events]
    await connection.executemany(_INSERT, rows)


def _number(event: ReceivedEvent) -> int:
    return event.data.key_id.int if isinstance(event.data, AccessRevoked) else -1


def _tell_duplicates(applied: Applied) -> None:
    if applied.duplicates:
        get_logger().info("duplicates_dropped", count=applied.duplicates)
    report_applied(applied)


async def _live(environment: Mapping[str, str]) -> None:
    client = environment["BUS_CLIENT"]
    vars(consumer)["report_applied"] = _tell_duplicates
    async with open_pool(environment["BUS_DATABASE"], application_name="bus") as pool:
        member = BatchConsumer(
            pool,
            Applier(pool, routes={AccessRevoked: _take_effect}, dependencies=None),
            bootstrap=environment["BUS_BOOTSTRAP"],
            group=GROUP.format(client=client),
            publishers=["admission"],
            stalled_after_seconds=float(environment["BUS_STALLED_AFTER_SECONDS"]),
            open_client=CLIENTS[client],
        )
        await run_worker(client, {"consume": member.run}, metrics_port=0)


if __name__ == "__main__":
    uvloop.run(_live(os.environ))
