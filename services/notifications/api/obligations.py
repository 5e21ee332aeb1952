"""`/v1/persons/{person_id}/obligations` and `/v1/events/{event_id}/outcome`: who was told what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.notifications.api import DEPENDENCIES
from services.notifications.api.responses import Obligations
from services.notifications.handlers.obligations.list_obligations import obligations_of
from shared.security.authentication import require
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import uuid_in_path
from shared.web.problems import FieldError, Problem

_MOST = 500
_DIGITS = 3

router = APIRouter()


@router.get(
    "/v1/persons/{person_id}/obligations",
    **describe("List who had to be told what", caller="reader", answers={200: Obligations}, problems=[404]),
)
async def list_obligations(
    person_id: str,
    request: Request,
    reader: Annotated[Principal, Depends(require("read"))],
    limit: str = "100",
) -> Response:
    """Who had to be told what about a person, newest first; no contact and no alias is in it."""
    dependencies = DEPENDENCIES.of(request)
    person = uuid_in_path(person_id)
    found = await obligations_of(dependencies, principal=reader, person_id=person, limit=_limit(limit))
    if found is None:
        raise Problem(404)
    return responses.json(200, Obligations(person_id=person, obligations=tuple(found)))


def _limit(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= _DIGITS and 1 <= int(text) <= _MOST:
        return int(text)
    raise Problem(422, "The request does not fit", errors=[FieldError("/query/limit", f"from 1 to {_MOST}")])
