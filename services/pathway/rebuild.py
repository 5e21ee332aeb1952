"""Rebuild entry point of pathway: `python -m services.pathway.rebuild`."""

import asyncio

from services.pathway.settings import Settings
from services.pathway.storage.projected import COMPARED, SWAPPED
from services.pathway.storage.tables import metadata
from services.pathway.wiring import open_service
from shared.events.registry import ADMISSION
from shared.runtime.clock import Clock
from shared.spine.inbox.application import Routes
from shared.spine.rebuild.command_line import run_rebuild
from shared.spine.rebuild.projection import Projection


def projection(routes: Routes, clock: Clock) -> Projection:
    """What is made anew, with whose routes."""
    return Projection(
        service="pathway",
        metadata=metadata,
        routes=routes,
        clock=clock,
        publishers=[ADMISSION],
        swapped=SWAPPED,
        compared=COMPARED,
    )


async def main() -> int:
    """Make the projection anew, or undo that."""
    settings = Settings.of()
    async with open_service(settings) as service:
        return await run_rebuild(
            projection(service.routes, service.clock),
            database_url=settings.database_url,
            publishers=settings.publishers,
            peer_key=settings.peer_key,
        )


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
