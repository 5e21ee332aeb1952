"""`/v1/persons/{person_id}/circle/carers/{carer_id}`: the family members and friends of a circle."""

import re
from typing import Annotated, Final
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.notifications.api import DEPENDENCIES, examples
from services.notifications.api.parse import parse_carer
from services.notifications.api.requests import PutCarer
from services.notifications.api.responses import ShownCarer, carer_response
from services.notifications.handlers.circle.enrol import put_carer
from services.notifications.handlers.circle.members import CarerView, delete_carer, get_carer
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import uuid_in_path
from shared.web.problems import Problem

_PATH = "/v1/persons/{person_id}/circle/carers/{carer_id}"

_CHOSEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

router = APIRouter()
Manager = Annotated[Principal, Depends(Permission("change_circle"))]
Reader = Annotated[Principal, Depends(Permission("read_circle"))]


@router.put(
    _PATH,
    **describe(
        "Enrol or replace a carer",
        caller="integrator",
        request=PutCarer,
        examples=examples.CARERS,
        answers={200: ShownCarer, 201: ShownCarer},
        problems=[404],
    ),
)
async def enrol_carer(person_id: str, carer_id: str, request: Request, manager: Manager) -> Response:
    """Enrol a carer under an id of the caller's choice, or replace what is known of them.

    Whoever joins is told the newest fact. The carer is the declaration of the caller's establishment, which
    alone sees and changes them. 404 when it has no stay of the person in force.
    """
    dependencies = DEPENDENCIES.of(request)
    person = uuid_in_path(person_id)
    carer = parse_carer(await request.body(), now=dependencies.clock(), countries=dependencies.sms_countries)
    view = await put_carer(
        dependencies,
        principal=manager,
        person_id=person,
        carer_id=as_carer_id(carer_id, person_id=person),
        carer=carer,
    )
    return _answer(view, carer_id)


@router.get(_PATH, **describe("Read a carer", caller="integrator", answers={200: ShownCarer}, problems=[404]))
async def show_carer(person_id: str, carer_id: str, request: Request, manager: Reader) -> Response:
    """The carer with their contacts, for the establishment that declared them, or that broke the glass."""
    dependencies = DEPENDENCIES.of(request)
    person = uuid_in_path(person_id)
    view = await get_carer(
        dependencies, principal=manager, person_id=person, carer_id=as_carer_id(carer_id, person_id=person)
    )
    return _answer(view, carer_id)


@router.delete(_PATH, **describe("Revoke a carer", caller="integrator", answers={204: None}, problems=[404]))
async def revoke_carer(person_id: str, carer_id: str, request: Request, manager: Manager) -> Response:
    """Revoke: nothing more is sent, from now on, and the contacts are erased."""
    dependencies = DEPENDENCIES.of(request)
    person = uuid_in_path(person_id)
    found = await delete_carer(
        dependencies, principal=manager, person_id=person, carer_id=as_carer_id(carer_id, person_id=person)
    )
    if not found:
        raise Problem(404)
    return Response(status_code=204)


def as_carer_id(text: str, *, person_id: UUID) -> UUID:
    """The caller's own id of a carer: a UUID as it is, another short name as one within the person.

    Raises `Problem` 404 for what no carer can have.
    """
    if _CHOSEN_ID.fullmatch(text) is None:
        raise Problem(404)
    try:
        return UUID(text)
    except ValueError:
        return uuid5(person_id, text)


def _answer(view: CarerView | None, carer_id: str) -> Response:
    if view is None:
        raise Problem(404)
    body = carer_response(view, carer_id=carer_id)
    return responses.json(201 if view.created else 200, body)
