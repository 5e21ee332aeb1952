"""Background entry point of pathway: `python -m services.pathway.worker`."""

import uvloop

from services.pathway.settings import Settings
from services.pathway.wiring import duties, open_service
from shared.spine.worker import run_worker


async def main() -> None:
    """Work until told to stop."""
    settings = Settings.of()
    async with open_service(settings) as service:
        await run_worker("pathway", duties(service, settings), metrics_port=settings.metrics_port)


if __name__ == "__main__":
    uvloop.run(main())
