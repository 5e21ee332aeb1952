"""Serves `GET /v1/sources/{source_id}/conformance`: how well what a source sends fits, over time."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.handlers.conformance import Conformance, show_conformance
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import uuid_in_path
from shared.web.problems import Problem

PATH: Final = "/v1/sources/{source_id}/conformance"

router = APIRouter()
Reader = Annotated[Principal, Depends(Permission("read_conformance"))]


@router.get(
    PATH,
    **describe(
        "Show how well a source sends", caller="integrator", answers={200: Conformance}, problems=[404]
    ),
)
async def get_conformance(
    source_id: str, request: Request, reader: Reader, days: Annotated[int, Query(ge=1, le=90)] = 30
) -> Response:
    """Movements and messages of each day (UTC), those of them with a problem (refused, marked, or with a
    detail left out), and the ten most frequent problems: counted within seconds, without anything of what
    was sent, and kept for 90 days. Whatever is tried in the sandbox does not count."""
    found = await show_conformance(DEPENDENCIES.of(request), uuid_in_path(source_id), days=days, by=reader)
    if found is None:
        raise Problem(404)
    return responses.json(200, found)
