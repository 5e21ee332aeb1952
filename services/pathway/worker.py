"""What does pathway do in the background? It consumes, relays, watches the clock and measures."""

import asyncio
import os

from services.pathway.settings import read_settings
from services.pathway.wiring import worker_duties
from shared.worker import run_worker


async def main() -> None:
    settings = read_settings(os.environ)
    async with worker_duties(settings) as duties:
        await run_worker("pathway-worker", duties, metrics_port=settings.metrics_port)


if __name__ == "__main__":
    asyncio.run(main())
