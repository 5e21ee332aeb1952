"""Serves `POST /v1/sources/{source_id}/callback/ping`: tries the endpoint of a source."""

from uuid import UUID

from fastapi import APIRouter, Request
from msgspec import Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.callbacks.shapes import PATH, Writer, own_source
from services.admission.handlers.callbacks.register import send_ping
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import Problem

router = APIRouter()


class PingSent(Struct, frozen=True, kw_only=True):
    """The id of the callback that is on its way."""

    delivery_id: UUID


@router.post(
    PATH + "/ping",
    **describe("Send a ping", caller="operator", answers={202: PingSent}, problems=[404]),
)
async def post_ping(source_id: str, request: Request, operator: Writer) -> Response:
    """Send a callback of type `ping`, signed and tried as any other; the list says what came of it."""
    delivery_id = await send_ping(DEPENDENCIES.of(request), await own_source(source_id, request, operator))
    if delivery_id is None:
        raise Problem(404)
    return responses.json(202, PingSent(delivery_id=delivery_id))
