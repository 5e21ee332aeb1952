"""`/v1/sources/{source_id}/callback`: where a source is told what becomes of its movements."""

from typing import Final

from services.admission.api.callbacks import deliveries, endpoint, message, ping, rotations, states

ROUTERS: Final = (endpoint.router, rotations.router, states.router, ping.router, deliveries.router)
CALLS: Final = (message.router,)
"""What is called at sources' endpoints."""
