"""Rebuild entry point of indicators: `python -m services.indicators.rebuild`."""

import asyncio

from services.indicators import consumers
from services.indicators.consumers import PUBLISHERS
from services.indicators.settings import Settings
from services.indicators.storage.projected import SWAPPED
from services.indicators.storage.tables import metadata
from services.indicators.wiring import open_service
from shared.runtime.clock import Clock
from shared.spine.inbox.application import Routes
from shared.spine.rebuild.command_line import run_rebuild
from shared.spine.rebuild.projection import Projection


def projection(routes: Routes, clock: Clock) -> Projection:
    """What is made anew, with whose routes."""
    return Projection(
        service="indicators",
        metadata=metadata,
        routes=routes,
        clock=clock,
        publishers=PUBLISHERS,
        swapped=SWAPPED,
    )


async def main() -> int:
    """Make the projection anew, or undo that."""
    settings = Settings.of()
    async with open_service(settings) as service:
        return await run_rebuild(
            projection(consumers.routes(service.handlers), service.handlers.clock),
            database_url=settings.database_url,
            publishers=settings.publishers,
            peer_key=settings.peer_key,
        )


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
