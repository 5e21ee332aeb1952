"""`/v1/persons/{person_id}/obligations`: who was told what, and the resolution of an obligation by hand."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.notifications.api import DEPENDENCIES, examples
from services.notifications.api.requests import SaidByPerson
from services.notifications.api.responses import Obligations
from services.notifications.handlers.obligations.list_obligations import ObligationView, read_obligations
from services.notifications.handlers.obligations.manual_resolution import (
    EndedOtherwise,
    Ending,
    ManualResolution,
    resolve_manually,
)
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.stays.clocks import WARD_CLOCK_AHEAD
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode, uuid_in_path
from shared.web.problems import FieldError, Problem

_PATH: Final = "/v1/persons/{person_id}/obligations"
_ONE: Final = _PATH + "/{obligation_id}"
_MAX_LIMIT: Final = 500
_DIGITS: Final = 3

router = APIRouter()
Manager = Annotated[Principal, Depends(Permission("resolve_obligation"))]
ReadAccess = Annotated[Principal, Depends(Permission("read_obligations"))]


@router.get(
    _PATH,
    **describe("List who had to be told what", caller="reader", answers={200: Obligations}, problems=[404]),
)
async def list_obligations(
    person_id: str,
    request: Request,
    principal: ReadAccess,
    limit: str = "100",
) -> Response:
    """Who had to be told what about a person, newest first; no contact and no alias is in it."""
    dependencies = DEPENDENCIES.of(request)
    person = uuid_in_path(person_id)
    found = await read_obligations(dependencies, principal=principal, person_id=person, limit=_limit(limit))
    if found is None:
        raise Problem(404)
    return responses.json(200, Obligations(person_id=person, obligations=tuple(found)))


@router.post(
    _ONE + "/acknowledge",
    **describe(
        "State that a recipient acknowledged",
        caller="integrator",
        request=SaidByPerson,
        examples=examples.STATEMENTS,
        answers={200: ObligationView},
        problems=[404, 409],
    ),
)
async def acknowledge(person_id: str, obligation_id: str, request: Request, manager: Manager) -> Response:
    """The recipient said that they know. 409 when the obligation had ended otherwise before."""
    return await _end(request, manager, person_id, obligation_id, "acknowledged")


@router.post(
    _ONE + "/handle",
    **describe(
        "State that a recipient was told by a person",
        caller="integrator",
        request=SaidByPerson,
        examples=examples.STATEMENTS,
        answers={200: ObligationView},
        problems=[404, 409],
    ),
)
async def handle(person_id: str, obligation_id: str, request: Request, manager: Manager) -> Response:
    """A person told the recipient, or saw to it; closes the task of an obligation that expired."""
    return await _end(request, manager, person_id, obligation_id, "handled_by_human")


async def _end(
    request: Request, manager: Principal, person_id: str, obligation_id: str, ending: Ending
) -> Response:
    dependencies = DEPENDENCIES.of(request)
    said, now = decode(await request.body(), SaidByPerson), dependencies.clock()
    at = said.at or now
    if at > now + WARD_CLOCK_AHEAD:
        raise Problem(422, "The body does not fit", errors=[FieldError("/at", "must not be in the future")])
    try:
        view = await resolve_manually(
            dependencies,
            principal=manager,
            person_id=uuid_in_path(person_id),
            obligation_id=uuid_in_path(obligation_id),
            resolution=ManualResolution(ending=ending, by=said.by, at=min(at, now)),
        )
    except EndedOtherwise as ended:
        raise Problem(409, "The obligation has ended", detail=f"Its outcome is {ended.outcome}.") from None
    if view is None:
        raise Problem(404)
    return responses.json(200, view)


def _limit(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) <= _DIGITS and 1 <= int(text) <= _MAX_LIMIT:
        return int(text)
    raise Problem(
        422, "The request does not fit", errors=[FieldError("/query/limit", f"from 1 to {_MAX_LIMIT}")]
    )
