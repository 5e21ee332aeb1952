"""Asks the broker whether a group is stable with exactly its living members."""

import asyncio
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.spine.kafka.clients import stop_client
from tests.continuity.bus.group import Group

LOOK_SECONDS: Final = 0.5
_STABLE: Final = "Stable"


async def until_stable(bootstrap: str, group: Group) -> None:
    """Return once the group is stable and has exactly the living members."""
    while not await _is_stable(bootstrap, group):
        await asyncio.sleep(LOOK_SECONDS)


async def _is_stable(bootstrap: str, group: Group) -> bool:
    admin: Any = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5_000)
    try:
        await admin.start()
        answers = await admin.describe_consumer_groups([group.name])
    except (KafkaError, OSError):
        return False
    finally:
        await stop_client(admin.close(), client="admin")
    _, _, state, _, _, members, *_ = answers[0].groups[0]
    return bool(state == _STABLE and len(members) == len(group.members))
