"""Rebuilds a service's projection from the ledgers: `python -m services.<service>.rebuild`."""

import asyncio

from shared.runtime.clock import Clock
from shared.spine.rebuild.command_line import run_rebuild
from shared.spine.rebuild.projection import Projection
from shared.spine.service.definition import AnyService, D, S, Service
from shared.spine.service.opening import open_service


def run(service: AnyService) -> int:
    """Rebuild the projection, or undo that, as the command line says; return the exit code."""
    return asyncio.run(_rebuild(service))


def projection_of(service: Service[S, D], dependencies: D, clock: Clock) -> Projection:
    """Return what is rebuilt, by the service's own routes; ValueError for a service without projection."""
    if service.consumes is None or service.rebuild is None:
        raise ValueError(f"{service.name} has no projection")
    return Projection(
        service=service.name,
        metadata=service.rebuild.metadata,
        routes=service.consumes.routes,
        dependencies=dependencies,
        clock=clock,
        publishers=service.consumes.publishers,
        swapped=service.rebuild.swapped,
        compared=service.rebuild.compared,
        adopted=service.rebuild.adopted,
        compare_also=service.rebuild.compare_also,
    )


async def _rebuild(service: AnyService) -> int:
    settings = service.settings.of()
    async with open_service(service, settings) as opened:
        return await run_rebuild(
            projection_of(service, opened.dependencies, opened.spine.clock),
            database_url=settings.database_url,
            publishers=settings.publishers,
            peer_key=settings.peer_key,
        )
