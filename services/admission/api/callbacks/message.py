"""Describes what a source is told, as its endpoint must take it; nothing is served here."""

from fastapi import APIRouter

from services.admission.domain.callbacks.message import CallbackMessage
from shared.web.contract import describe

router = APIRouter()


@router.post(
    "callback",
    **describe(
        "Learn what became of a movement",
        caller="integrator",
        answers={204: None, 410: None},
        request=CallbackMessage,
    ),
)
async def callback() -> None:
    """What Relais posts to the endpoint of a source, signed as Standard Webhooks says: `webhook-id`,
    `webhook-timestamp` and `webhook-signature`, over the bytes of the body. Any 2xx within ten seconds takes
    it; 410 asks for no more; whatever else is tried again for three days under the same `webhook-id`."""
