"""The duty that audits obligations against the publishers' ledgers, continuously and at low cost."""

import asyncio
from typing import Final

from services.notifications.handlers.audit.audit_rounds import Auditor
from services.notifications.handlers.audit.ledgers import Ledgers
from services.notifications.handlers.dependencies import Dependencies
from shared.runtime.waiting import wait_for

PAUSE_SECONDS: Final = 0.5
"""After ten persons: at most twenty a second, so that it never competes with the work itself."""
ROUND_PAUSE_SECONDS: Final = 10.0
"""Whoever changed shortly before a round is looked at in the next one, too."""


async def audit_obligations(dependencies: Dependencies, stop: asyncio.Event) -> None:
    """Audit until told to stop; nothing where it is unknown where the ledgers are.

    What is derived from our own copy of the events would be no proof.
    """
    if not dependencies.ledgers:
        await stop.wait()
        return
    auditor = Auditor(dependencies, Ledgers(dependencies.ledgers))
    while not stop.is_set():
        is_over = await auditor.turn()
        await wait_for(stop, timeout_seconds=ROUND_PAUSE_SECONDS if is_over else PAUSE_SECONDS)
