"""Tells the broker's authorizer what everybody may do.

One request for each right, because the driver's requests hold one; they are sent once, before anything runs.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NoError, for_code
from aiokafka.protocol.admin import CreateAclsRequest

from shared.spine.kafka.broker import Broker
from shared.spine.kafka.clients import connection, stop_client
from shared.spine.kafka.rights import Rights

REQUEST_TIMEOUT_MS: Final = 10_000
_EVERY_HOST: Final = "*"
_BY_ITS_WHOLE_NAME: Final = 3
_ALLOW: Final = 3


async def give_rights(broker: Broker, everybody: Sequence[Rights]) -> None:
    """Give them what they do not have yet; takes nothing away. Raises a KafkaError."""
    async with _client(broker) as client:
        for rights in everybody:
            for resource, name, operation in rights:
                request = CreateAclsRequest(
                    resource,
                    name,
                    _BY_ITS_WHOLE_NAME,
                    f"User:{rights.identity}",
                    _EVERY_HOST,
                    operation,
                    _ALLOW,
                )
                answer = await client.send(client.get_random_node(), request)
                for code, _ in answer.creation_responses:
                    if (error := for_code(code)) is not NoError:
                        raise error(f"{rights.identity} did not get the right to {operation.name} {name}")


@asynccontextmanager
async def _client(broker: Broker) -> AsyncIterator[Any]:
    client = AIOKafkaClient(**connection(broker), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await client.bootstrap()
        yield client
    finally:
        await stop_client(client.close(), client="admin")
