"""Opens a service: connections, the spine and the service's own dependencies, in one block."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic

from shared.database.pool import open_pool
from shared.runtime.clock import Clock, system_clock
from shared.security.audit.chain import audit_key_of
from shared.spine.audit.chains import Chains
from shared.spine.audit.journal import Journal
from shared.spine.reconciliation.context import open_reconciliation
from shared.spine.service.definition import D, S, Service, Spine


@dataclass(frozen=True, kw_only=True)
class OpenService(Generic[S, D]):
    """A service whose connections are open."""

    definition: Service[S, D]
    settings: S
    spine: Spine
    dependencies: D

    async def is_ready(self) -> bool:
        """Whether the database answers; raises what a lost database raises."""
        return bool(await self.spine.pool.fetchval("SELECT true"))


@asynccontextmanager
async def open_service(
    service: Service[S, D], settings: S, *, clock: Clock = system_clock
) -> AsyncIterator[OpenService[S, D]]:
    """Open what the service needs; nothing is connected outside of this block.

    It also opens while the database is unreachable, and waits for it where it is used.
    """
    async with (
        open_pool(settings.database_url, application_name=service.name, max_size=service.connections) as pool,
        open_reconciliation(
            service.name,
            pool,
            clock,
            consumes=service.publishers,
            publishers=settings.publishers,
            key=settings.peer_key,
            ca_file=settings.ca_file,
        ) as reconciliation,
    ):
        journal = Journal(pool, Chains(audit_key_of(settings.audit_key)), clock)
        spine = Spine(pool=pool, clock=clock, journal=journal, reconciliation=reconciliation)
        async with service.open_dependencies(settings, spine) as dependencies:
            yield OpenService(definition=service, settings=settings, spine=spine, dependencies=dependencies)
