"""Background entry point of notifications: `python -m services.notifications.worker`."""

import uvloop

from services.notifications.settings import Settings
from services.notifications.wiring import duties, open_service
from shared.spine.worker import run_worker


async def main() -> None:
    """Work until told to stop."""
    settings = Settings.of()
    async with open_service(settings) as service:
        await run_worker("notifications", duties(service, settings), metrics_port=settings.metrics_port)


if __name__ == "__main__":
    uvloop.run(main())
