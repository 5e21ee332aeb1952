"""GET /v1/events/{event_id}/outcome: what became of an event here? Admission asks for its receipts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.pathway.handlers.outcome import EventOutcome, outcome_of
from shared.security.authentication import require
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import Problem

router = APIRouter()


@router.get(
    "/v1/events/{event_id}/outcome",
    **describe(
        "Read what became of an event here", caller="integrator", answers={200: EventOutcome}, problems=[404]
    ),
)
async def get_outcome(
    request: Request,
    event_id: UUID,
    principal: Annotated[Principal, Depends(require("intake", "read"))],
) -> Response:
    """Whether the event was applied, and what contradicts it, for the establishment that stated it."""
    outcome = await outcome_of(request.app.state.service.pool, event_id, principal=principal)
    if outcome is None:
        raise Problem(404)
    return responses.json(200, outcome)
