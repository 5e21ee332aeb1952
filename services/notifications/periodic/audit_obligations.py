"""All the time, a little: do the obligations agree with the publishers' ledgers?"""

import asyncio
from collections.abc import Mapping
from typing import Final

from services.notifications.handlers.audit.audit_rounds import Auditor
from services.notifications.handlers.audit.ledgers import Ledgers
from services.notifications.handlers.dependencies import Dependencies
from shared.runtime.waiting import wait_for
from shared.spine.worker import Duty, periodic

PAUSE_SECONDS: Final = 0.5
"""After ten persons: at most twenty a second, so that it never competes with the work itself."""
ROUND_PAUSE_SECONDS: Final = 10.0
"""Whoever changed shortly before a round is looked at in the next one, too."""
MEASURE_EVERY_SECONDS: Final = 5.0


def audit_obligations(dependencies: Dependencies, ledgers: Ledgers) -> Mapping[str, Duty]:
    """The audit, and the gauges that show how far it has come."""
    auditor = Auditor(dependencies, ledgers)

    async def audit(stop: asyncio.Event) -> None:
        while not stop.is_set():
            is_over = await auditor.turn()
            await wait_for(stop, timeout_seconds=ROUND_PAUSE_SECONDS if is_over else PAUSE_SECONDS)

    measure = periodic("measure_audit", auditor.measure, every_seconds=MEASURE_EVERY_SECONDS)
    return {"audit_obligations": audit, "measure_audit": measure}
