"""Serves `POST /v1/sources/{source_id}/callback/pause` and `/resume`: callbacks wait, or go on."""

from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.callbacks.shapes import PATH, Callback, Writer, own_source, shown
from services.admission.handlers.callbacks.register import set_state
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import Problem

router = APIRouter()


@router.post(
    PATH + "/pause",
    **describe("Pause a callback", caller="operator", answers={200: Callback}, problems=[404]),
)
async def pause_callback(source_id: str, request: Request, operator: Writer) -> Response:
    """What there is to tell waits, up to 30 days."""
    return await _set(source_id, request, operator, "paused")


@router.post(
    PATH + "/resume",
    **describe("Resume a callback", caller="operator", answers={200: Callback}, problems=[404]),
)
async def resume_callback(source_id: str, request: Request, operator: Writer) -> Response:
    """What waits is sent, also after the endpoint was suspended."""
    return await _set(source_id, request, operator, "active")


async def _set(
    source_id: str, request: Request, operator: Principal, state: Literal["active", "paused"]
) -> Response:
    source = await own_source(source_id, request, operator)
    found = await set_state(DEPENDENCIES.of(request), source, state)
    if found is None:
        raise Problem(404)
    return responses.json(200, shown(found))
