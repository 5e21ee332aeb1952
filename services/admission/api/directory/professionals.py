"""Serves `GET /v1/professionals/{rpps}`, which looks up a health professional."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.domain.directory.numbers import is_rpps
from services.admission.handlers.directory.look_up import ListedProfessional, look_up_professional
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import FieldError, Problem

router = APIRouter()
Reader = Annotated[Principal, Depends(Permission("look_up_professional"))]


@router.get(
    "/v1/professionals/{rpps}",
    **describe("Look up a professional", caller="reader", answers={200: ListedProfessional}, problems=[404]),
)
async def show_professional(rpps: str, request: Request, reader: Reader) -> Response:  # noqa: ARG001
    """The professional under this RPPS number, where they work, and their MSSanté mailboxes, as the national
    directory publishes them. 422 for a number whose key is wrong."""
    if not is_rpps(rpps):
        error = FieldError("/path/rpps", "an RPPS number has 11 digits, the last one its key")
        raise Problem(422, "The number is wrong", errors=[error])
    found = await look_up_professional(DEPENDENCIES.of(request), rpps)
    if found is None:
        raise Problem(404)
    return responses.json(200, found)
