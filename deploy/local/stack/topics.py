"""Creates every topic, and lets each service do what it must: `python -m deploy.local.stack.topics`.

A process of its own, so that the supervisor need not keep a Kafka client in memory. Its environment says
where the broker is and as whom it is used: as the operator, or nobody is given rights.
"""

import asyncio
import os

from deploy.local.stack.bus import CONSUMED, SERVICES
from shared.events.registry import TOPICS
from shared.runtime import environment
from shared.spine.kafka.authorizer import give_rights
from shared.spine.kafka.broker import Broker
from shared.spine.kafka.rights import Rights
from shared.spine.kafka.settings import BrokerSettings
from shared.spine.kafka.topics import ensure_topics


def rights_of(service: str) -> Rights:
    """It writes its own topic, and reads those that it consumes, in the group that bears its name."""
    return Rights(
        identity=service,
        writes=[TOPICS[service]] if service in TOPICS else [],
        reads=[TOPICS[publisher] for publisher in CONSUMED.get(service, ())],
        groups=[f"relais-{service}"] if service in CONSUMED else [],
    )


async def _prepare(broker: Broker) -> None:
    await ensure_topics(broker, list(TOPICS))
    if broker.user:
        await give_rights(broker, [rights_of(service) for service in SERVICES])


if __name__ == "__main__":
    asyncio.run(_prepare(environment.read(BrokerSettings, "topics", os.environ).broker))
