"""`POST /v1/movements`: the door through which movements come, one per request."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api.understanding import understood
from services.admission.domain.movement import StatedMovement
from services.admission.domain.receipt import Accepted, Contradicted, Outcome, Receipt
from services.admission.handlers.accept_movement import AcceptMovement
from services.admission.handlers.group_commit import NotCommitted
from shared.security.authentication import require
from shared.security.principal import Principal
from shared.telemetry import metrics
from shared.web import responses
from shared.web.contract import describe
from shared.web.middleware.fast_path import FastRoutes
from shared.web.problems import Problem, service_unavailable

DOOR = "json"

PATH = "/v1/movements"

CONTRADICTED = "Something else was stored under this source_event_id"
FOREIGN = "The key belongs to another establishment"
UNREADABLE = "The body cannot be read"

router = APIRouter()
_source = require("intake")
Source = Annotated[Principal, Depends(_source)]


@router.post(
    PATH,
    **describe(answers={202: Receipt, 200: Receipt}, request=StatedMovement, problems=[409]),
)
async def post_movement(request: Request, source: Source) -> Response:
    """Accept one movement.

    202 once it is stored; 200 with the first receipt when it was stored before; 409 with both hashes when
    something else was stored under its `source_event_id`; 503 when nobody can tell: send it again.
    """
    try:
        response = await _accept(request, source)
    except Problem as problem:
        metrics.intake_requests_total.labels(DOOR, problem.status_code).inc()
        raise
    metrics.intake_requests_total.labels(DOOR, response.status_code).inc()
    return response


async def post_movement_at_once(request: Request) -> Response:
    """The same, without the framework's dependencies."""
    return await post_movement(request, await _source(request))


FAST_ROUTES: FastRoutes = {("POST", PATH): post_movement_at_once}


async def _accept(request: Request, source: Principal) -> Response:
    if not await request.app.state.service.intake.is_open():
        raise service_unavailable()
    accept: AcceptMovement = request.app.state.service.accept_movement
    body = await request.body()
    if accept.group_commit.is_full:
        raise service_unavailable()
    movement = understood(body)
    if source.establishment not in {None, movement.establishment}:
        raise Problem(403, FOREIGN)
    try:
        return _answer(await accept(movement, body=body, source=source))
    except NotCommitted:
        raise service_unavailable() from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(422, UNREADABLE) from None


def _answer(outcome: Outcome) -> Response:
    if isinstance(outcome, Contradicted):
        hashes = {"stored_sha256": outcome.stored_sha256, "given_sha256": outcome.given_sha256}
        raise Problem(409, CONTRADICTED, extensions=hashes)
    return responses.json(202 if isinstance(outcome, Accepted) else 200, outcome.receipt)
