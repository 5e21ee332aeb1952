"""What does a delivery report change? It is stored first, then applied to the attempt it is about."""

from typing import Literal
from uuid import UUID

from services.notifications.handlers.means import Means

ReportState = Literal["delivered", "undelivered", "sent", "buffered", "rejected"]
"""Kannel's dlr types 1, 2, 8, 4 and 16."""


async def record_delivery_report(
    means: Means,
    *,
    attempt_id: UUID,
    provider_id: str | None,
    state: ReportState,
    detail: str | None = None,
) -> bool:
    """Keep the report and apply it; false when no such attempt exists (kept all the same).

    The caller has checked the report's token. Late, repeated, reordered and too early reports are all
    ordinary. `detail` is a protocol's code, never a number or a text.
    """
    raise NotImplementedError
