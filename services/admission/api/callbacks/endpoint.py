"""Serves `/v1/sources/{source_id}/callback`: where a source is told what becomes of its movements."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.callbacks.shapes import (
    PATH,
    Callback,
    CallbackSecret,
    Reader,
    RegisterCallback,
    Writer,
    own_source,
    shown,
)
from services.admission.handlers.callbacks.register import end_callback, register_callback, show_callback
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.outbound.address import NotCallable
from shared.web.problems import FieldError, Problem

router = APIRouter()


@router.get(
    PATH,
    **describe("Show where a source is told", caller="integrator", answers={200: Callback}, problems=[404]),
)
async def get_callback(source_id: str, request: Request, reader: Reader) -> Response:
    """Where the source is told what becomes of its movements, and whether that goes well."""
    found = await show_callback(DEPENDENCIES.of(request), await own_source(source_id, request, reader))
    if found is None:
        raise Problem(404)
    return responses.json(200, shown(found))


@router.put(
    PATH,
    **describe(
        "Say where a source is told",
        caller="operator",
        answers={200: Callback, 201: CallbackSecret},
        request=RegisterCallback,
        examples={"A hospital's endpoint": {"url": "https://his.hospital.example/relais"}},
        problems=[404],
    ),
)
async def put_callback(source_id: str, request: Request, operator: Writer) -> Response:
    """From now on each movement that the source states is followed for up to seven days, and the endpoint is
    told when it is accepted, applied, parked and told of. 201 with the secret the first time, which is shown
    now and never again; after that the endpoint is replaced, and resumed where it was suspended."""
    source = await own_source(source_id, request, operator)
    wanted = decode(await request.body(), RegisterCallback)
    dependencies = DEPENDENCIES.of(request)
    try:
        secret = await register_callback(dependencies, source, wanted.url)
    except NotCallable as refusal:
        raise Problem(422, "The body does not fit", errors=[FieldError("/url", str(refusal))]) from None
    if secret is not None:
        return responses.json(201, CallbackSecret(secret=secret))
    found = await show_callback(dependencies, source)
    if found is None:  # it was ended meanwhile
        raise Problem(404)
    return responses.json(200, shown(found))


@router.delete(
    PATH,
    **describe("Tell a source nothing any more", caller="operator", answers={204: None}, problems=[404]),
)
async def delete_callback(source_id: str, request: Request, operator: Writer) -> Response:
    """End the callback, its secret and all that still waits; again is no error."""
    await end_callback(DEPENDENCIES.of(request), await own_source(source_id, request, operator))
    return Response(status_code=204)
