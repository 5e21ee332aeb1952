"""Serves `POST /v1/sources/{source_id}/callback/rotations`: the secret gives way to another one."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.callbacks.shapes import PATH, CallbackSecret, Writer, own_source
from services.admission.handlers.callbacks.register import rotate_secret
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.problems import Problem

router = APIRouter()

DAY_SECONDS: Final = 86_400
MONTH_SECONDS: Final = 30 * DAY_SECONDS


class RotateSecret(Struct, frozen=True, kw_only=True):
    """How long the old secret signs as well."""

    old_ends_after_seconds: Annotated[int, Meta(ge=0, le=MONTH_SECONDS)] = DAY_SECONDS


@router.post(
    PATH + "/rotations",
    **describe(
        "Rotate the secret of a callback",
        caller="operator",
        answers={201: CallbackSecret},
        request=RotateSecret,
        examples={"A week for the change": {"old_ends_after_seconds": 7 * DAY_SECONDS}},
        problems=[404],
    ),
)
async def post_callback_rotation(source_id: str, request: Request, operator: Writer) -> Response:
    """Sign with a new secret, which is shown now and never again. Until the old one ends each callback has
    two signatures, and whoever knows either of the secrets finds its own."""
    source = await own_source(source_id, request, operator)
    wanted = decode(await request.body(), RotateSecret)
    overlap = timedelta(seconds=wanted.old_ends_after_seconds)
    secret = await rotate_secret(DEPENDENCIES.of(request), source, overlap=overlap)
    if secret is None:
        raise Problem(404)
    return responses.json(201, CallbackSecret(secret=secret))
