"""`/v1/persons/{person_id}/circle/professionals/{finess}`: the establishments of a circle."""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.notifications.api import DEPENDENCIES, examples
from services.notifications.api.parse import parse_professional
from services.notifications.api.requests import PutProfessional
from services.notifications.api.responses import ShownProfessional, professional_response
from services.notifications.handlers.circle.enrol import put_professional
from services.notifications.handlers.circle.members import (
    ProfessionalView,
    delete_professional,
    get_professional,
)
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import uuid_in_path
from shared.web.problems import Problem

_PATH = "/v1/persons/{person_id}/circle/professionals/{finess}"
_SHOWN = ShownProfessional

_FINESS: Final = re.compile(r"[0-9A-Z]{9}")

router = APIRouter()
Manager = Annotated[Principal, Depends(Permission("change_circle"))]
Reader = Annotated[Principal, Depends(Permission("read_circle"))]


@router.put(
    _PATH,
    **describe(
        "Enrol or replace a professional",
        caller="integrator",
        request=PutProfessional,
        examples=examples.PROFESSIONALS,
        answers={200: _SHOWN, 201: _SHOWN},
        problems=[404],
    ),
)
async def enrol_professional(person_id: str, finess: str, request: Request, manager: Manager) -> Response:
    """Enrol an establishment, or replace what is known of it."""
    dependencies = DEPENDENCIES.of(request)
    person, establishment = uuid_in_path(person_id), _finess(finess)
    professional = parse_professional(await request.body(), now=dependencies.clock())
    view = await put_professional(
        dependencies,
        principal=manager,
        person_id=person,
        establishment=establishment,
        professional=professional,
    )
    return _answer(view)


@router.get(
    _PATH, **describe("Read a professional", caller="integrator", answers={200: _SHOWN}, problems=[404])
)
async def show_professional(person_id: str, finess: str, request: Request, manager: Reader) -> Response:
    """The professional with the address that is written to."""
    dependencies = DEPENDENCIES.of(request)
    view = await get_professional(
        dependencies, principal=manager, person_id=uuid_in_path(person_id), establishment=_finess(finess)
    )
    return _answer(view)


@router.delete(
    _PATH, **describe("Revoke a professional", caller="integrator", answers={204: None}, problems=[404])
)
async def revoke_professional(person_id: str, finess: str, request: Request, manager: Manager) -> Response:
    """Revoke: nothing more is sent to this establishment about this person."""
    dependencies = DEPENDENCIES.of(request)
    found = await delete_professional(
        dependencies, principal=manager, person_id=uuid_in_path(person_id), establishment=_finess(finess)
    )
    if not found:
        raise Problem(404)
    return Response(status_code=204)


def _finess(text: str) -> str:
    if _FINESS.fullmatch(text) is None:
        raise Problem(404)
    return text


def _answer(view: ProfessionalView | None) -> Response:
    if view is None:
        raise Problem(404)
    body = professional_response(view)
    return responses.json(201 if view.created else 200, body)
