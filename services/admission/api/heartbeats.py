"""Serves `PUT /v1/sources/{source_id}/heartbeat`: a source lives, though it has nothing to state."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web.contract import describe
from shared.web.decoding import uuid_in_path
from shared.web.problems import Problem

PATH: Final = "/v1/sources/{source_id}/heartbeat"

router = APIRouter()
Sender = Annotated[Principal, Depends(Permission("send_heartbeat"))]


@router.put(PATH, **describe("Say that you live", caller="integrator", answers={204: None}, problems=[404]))
async def put_heartbeat(source_id: str, request: Request, source: Sender) -> Response:
    """Take a sign of life of the key's own source. Send one every minute or few, from the software that
    states the movements: then its end is noticed within minutes, and a quiet night is no silence. Over HL7 v2
    a message NMD^N02 does the same."""
    if uuid_in_path(source_id) != source.source_id:
        raise Problem(404)
    DEPENDENCIES.of(request).tally.heartbeats.add(source.source_id)
    return Response(status_code=204)
