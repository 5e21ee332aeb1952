"""Rebuild entry point of notifications: `python -m services.notifications.rebuild`."""

import asyncio

from services.notifications import consumers
from services.notifications.handlers.obligations.compare_obligations import compare_obligations
from services.notifications.settings import Settings
from services.notifications.storage.projected import ADOPTED, SWAPPED
from services.notifications.storage.tables import metadata
from services.notifications.wiring import open_service
from shared.events.registry import ADMISSION, PATHWAY
from shared.runtime.clock import Clock
from shared.spine.inbox.application import Routes
from shared.spine.rebuild.command_line import run_rebuild
from shared.spine.rebuild.projection import Projection


def projection(routes: Routes, clock: Clock) -> Projection:
    """What is made anew, with whose routes."""
    return Projection(
        service="notifications",
        metadata=metadata,
        routes=routes,
        clock=clock,
        publishers=[ADMISSION, PATHWAY],
        swapped=SWAPPED,
        adopted=ADOPTED,
        compare_also=compare_obligations,
    )


async def main() -> int:
    """Make the projection anew, or undo that."""
    settings = Settings.of()
    async with open_service(settings) as service:
        return await run_rebuild(
            projection(consumers.routes(service.means), service.means.clock),
            database_url=settings.database_url,
            publishers=settings.publishers,
            peer_key=settings.peer_key,
        )


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
