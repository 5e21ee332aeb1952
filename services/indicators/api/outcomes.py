"""`/v1/events/{event_id}/outcome`: what became of an event here; receipts are put together from this."""

from typing import Annotated, Final, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.indicators.api.shapes import EventOutcome
from services.indicators.handlers import Handlers
from shared.security.authentication import require
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import Problem

router = APIRouter()

# No establishment has this name: what states nobody's fact is for operators of the whole platform.
_NOBODYS: Final = "nobody's"


@router.get(
    "/v1/events/{event_id}/outcome",
    **describe(
        "Read what became of an event here", caller="integrator", answers={200: EventOutcome}, problems=(404,)
    ),
)
async def read_outcome(
    event_id: UUID,
    principal: Annotated[Principal, Depends(require("intake", "read"))],
    request: Request,
) -> Response:
    """Applied, parked or pending. An event that was never received is pending, whoever asks."""
    outcome = await cast(Handlers, request.app.state.handlers).outcome_of(event_id)
    if outcome.state != "pending" and not principal.may_see(outcome.establishment or _NOBODYS):
        raise Problem(404)
    return responses.json(200, EventOutcome(outcome.state))
