"""Opens a service for a process that serves or works: its keys are those of its database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

from shared.database.pool import Pool
from shared.security.vault import Vault
from shared.spine.service.definition import AnyService, D, S, Service
from shared.spine.service.key_checks import require_known_keys
from shared.spine.service.opening import OpenService, open_service
from shared.spine.worker import keep

DATABASE_WITHIN_SECONDS: Final = 20
"""A service that seals asks its database before it starts, and waits so long for it."""


@asynccontextmanager
async def open_to_serve(service: Service[S, D], settings: S) -> AsyncIterator[OpenService[S, D]]:
    """As `open_service`; raises `WrongKeys`, and TimeoutError where the database does not answer."""
    async with open_service(service, settings) as opened:
        if service.wrapped_keys:
            dependencies: Any = opened.dependencies
            check = partial(_check, service, opened.spine.pool, dependencies.vault)
            await asyncio.wait_for(keep("check_keys", check, asyncio.Event()), DATABASE_WITHIN_SECONDS)
        yield opened


async def _check(service: AnyService, pool: Pool, vault: Vault, _stop: asyncio.Event) -> None:
    await require_known_keys(pool, vault, service.wrapped_keys)
