"""Background entry point of admission: `python -m services.admission.worker`."""

import uvloop

from services.admission.settings import Settings
from services.admission.wiring import duties, open_service
from shared.spine.worker import run_worker


async def main() -> None:
    """Work until told to stop."""
    settings = Settings.of()
    async with open_service(settings) as service:
        await run_worker("admission", duties(service, settings), metrics_port=settings.metrics_port)


if __name__ == "__main__":
    uvloop.run(main())
