"""Serves `GET /v1/sources/{source_id}/silences` and `GET /v1/silences`: which sources are not heard."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from msgspec import Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.handlers.silences.show_silences import (
    SourceSilences,
    list_open_silences,
    show_silences,
)
from services.admission.storage.silences.judged import Silence
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import uuid_in_path
from shared.web.problems import Problem

PATH: Final = "/v1/sources/{source_id}/silences"

router = APIRouter()
Reader = Annotated[Principal, Depends(Permission("read_silences"))]


class OpenSilences(Struct, frozen=True, kw_only=True):
    """The silences that last, oldest first."""

    silences: tuple[Silence, ...]


@router.get(
    PATH,
    **describe(
        "Show a source's silences", caller="integrator", answers={200: SourceSilences}, problems=[404]
    ),
)
async def get_silences(
    source_id: str, request: Request, reader: Reader, days: Annotated[int, Query(ge=1, le=90)] = 30
) -> Response:
    """Whether the source speaks as usual for this hour of its week, and when it did not. What is usual is
    learnt from the last eight weeks; a silence begins after 1.75 of its longest usual pauses, counted by what
    usually comes meanwhile. A source that sends heartbeats lives, and is not silent for want of news."""
    found = await show_silences(DEPENDENCIES.of(request), uuid_in_path(source_id), days=days, by=reader)
    if found is None:
        raise Problem(404)
    return responses.json(200, found)


@router.get("/v1/silences", **describe("List who is silent", caller="operator", answers={200: OpenSilences}))
async def list_silences(request: Request, reader: Reader) -> Response:
    """The sources that are silent now: all of them for an operator of the platform, otherwise one's own
    establishment's."""
    found = await list_open_silences(DEPENDENCIES.of(request), by=reader)
    return responses.json(200, OpenSilences(silences=found))
