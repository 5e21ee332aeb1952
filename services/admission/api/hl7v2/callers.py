"""Serves `/v1/sources/{source_id}/mllp-callers`: who speaks as a source over MLLP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.hl7v2.caller_shapes import MllpCallers, parse_callers
from services.admission.handlers.hl7v2.callers import CallersTaken, change_callers, read_callers
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import uuid_in_path
from shared.web.problems import Problem

PATH = "/v1/sources/{source_id}/mllp-callers"

router = APIRouter()
Reader = Annotated[Principal, Depends(Permission("read_mllp_callers"))]
Writer = Annotated[Principal, Depends(Permission("change_mllp_callers"))]


@router.get(PATH, **describe("Show who calls", caller="operator", answers={200: MllpCallers}, problems=[404]))
async def show_callers(source_id: str, request: Request, operator: Reader) -> Response:
    """Who speaks as the source over MLLP, beside what `RELAIS_MLLP_SOURCES` says."""
    del operator
    found = await read_callers(DEPENDENCIES.of(request), uuid_in_path(source_id))
    if found is None:
        raise Problem(404)
    return responses.json(200, MllpCallers(callers=tuple(found)))


@router.put(
    PATH,
    **describe(
        "Say who calls",
        caller="operator",
        answers={200: MllpCallers},
        request=MllpCallers,
        examples={"A hospital's network": {"callers": ["10.1.2.0/24"]}},
        problems=[404, 409],
    ),
)
async def put_callers(source_id: str, request: Request, operator: Writer) -> Response:
    """From now on (in five seconds in every process) connections of these are the source's, while it has a
    valid key for the intake. One that was another's ends at its next message, which is not taken. A
    certificate says more than an address, a narrow network more than a wide one. 409 when one of them speaks
    as another source, also by `RELAIS_MLLP_SOURCES`."""
    del operator
    dependencies, callers = DEPENDENCIES.of(request), parse_callers(await request.body())
    try:
        changed = await change_callers(dependencies, uuid_in_path(source_id), callers)
    except CallersTaken as taken:
        raise Problem(409, str(taken), extensions={"callers": list(taken.callers)}) from None
    if changed is None:
        raise Problem(404)
    return responses.json(200, MllpCallers(callers=tuple(changed)))
