"""Serves `GET /v1/persons/{person_id}/circle`: how many there are, and the members that one declared."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from msgspec import Struct
from starlette.responses import Response

from services.notifications.api import DEPENDENCIES
from services.notifications.api.responses import (
    ShownCarer,
    ShownProfessional,
    carer_response,
    professional_response,
)
from services.notifications.handlers.circle.list_circle import list_circle
from services.notifications.handlers.circle.members import CarerView, ProfessionalView
from shared.events.envelope import Moment
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import uuid_in_path
from shared.web.paging import DEFAULT_LIMIT, Continuation, Limit, decode_continuation, split_page
from shared.web.problems import Problem

_FIRST: Final = (datetime.fromisoformat("0001-01-02T00:00:00+00:00"), UUID(int=0))
_KEY: Final = tuple[Moment, UUID]

router = APIRouter()


class CirclePage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a circle, in the order in which its members joined."""

    person_id: UUID
    number_of_carers: int
    """In the whole circle, whoever declared them."""
    number_of_professionals: int
    carers: tuple[ShownCarer, ...]
    """Each under the `carer_id` that names them here; the one that was chosen for them names them too."""
    professionals: tuple[ShownProfessional, ...]
    continuation: str | None = None
    """Gives the next page; none on the last one."""


@router.get(
    "/v1/persons/{person_id}/circle",
    **describe("Read a person's circle", caller="integrator", answers={200: CirclePage}, problems=[404]),
)
async def show_circle(
    person_id: str,
    request: Request,
    manager: Annotated[Principal, Depends(Permission("read_circle"))],
    limit: Limit = DEFAULT_LIMIT,
    continuation: Continuation = None,
) -> Response:
    """How many carers and professionals there are and, with their contacts, those whom the caller's
    establishment declared; once it broke the glass, everybody. 404 when nothing relates it to the person.
    """
    dependencies = DEPENDENCIES.of(request)
    person = uuid_in_path(person_id)
    after = _FIRST if continuation is None else decode_continuation(continuation, _KEY)
    found = await list_circle(dependencies, principal=manager, person_id=person, after=after, limit=limit + 1)
    if found is None:
        raise Problem(404)
    page, following = split_page(found.members, limit, _place)
    body = CirclePage(
        person_id=person,
        number_of_carers=found.number_of_carers,
        number_of_professionals=found.number_of_professionals,
        carers=tuple(
            carer_response(view, carer_id=str(view.carer_id)) for view in page if isinstance(view, CarerView)
        ),
        professionals=tuple(
            professional_response(view) for view in page if isinstance(view, ProfessionalView)
        ),
        continuation=following,
    )
    return responses.json(200, body)


def _place(view: CarerView | ProfessionalView) -> tuple[datetime, UUID]:
    return view.joined_at, view.member_id
