"""The duty that audits obligations against the publishers' ledgers, continuously and at low cost."""

import asyncio
from typing import Final

from services.notifications.handlers.audit.audit_rounds import audit_next
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.audit.progress import AuditRound
from shared.runtime.waiting import wait_for

PAUSE_SECONDS: Final = 0.5
"""After ten persons: at most twenty a second, so that it never competes with the work itself."""
ROUND_PAUSE_SECONDS: Final = 10.0
"""A person who changed shortly before a round is audited in the next one, too."""


async def audit_obligations(dependencies: Dependencies, stop: asyncio.Event) -> None:
    """Audit until told to stop; nothing where it is unknown where the ledgers are.

    What is derived from our own copy of the events would be no proof.
    """
    if not dependencies.ledgers:
        await stop.wait()
        return
    left: AuditRound | None = None
    while not stop.is_set():
        left = await audit_next(dependencies, left)
        await wait_for(stop, timeout_seconds=PAUSE_SECONDS if left else ROUND_PAUSE_SECONDS)
