"""Serves `GET /v1/persons`, which finds a person by a number of the caller's own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from msgspec import Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.handlers.find_person import find_person
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe

router = APIRouter()


class FoundPerson(Struct, frozen=True, kw_only=True):
    """A person, by the id under which every service knows them."""

    person_id: UUID


class FoundPersons(Struct, frozen=True, kw_only=True):
    """Whom the number means; nobody, as far as the caller may know, when it is empty."""

    persons: tuple[FoundPerson, ...]


@router.get(
    "/v1/persons", **describe("Find a person by a number", caller="integrator", answers={200: FoundPersons})
)
async def find_persons(
    request: Request,
    reader: Annotated[Principal, Depends(Permission("find_person"))],
    authority: Annotated[
        str, Query(min_length=1, max_length=200, description="Who gave the number, as in a movement")
    ],
    value: Annotated[str, Query(min_length=1, max_length=120, description="The number")],
) -> Response:
    """The person to whom the authority gave this number, if the caller's establishment stated something of
    them that holds; otherwise the same empty list, whether or not there is such a person."""
    dependencies = DEPENDENCIES.of(request)
    found = await find_person(dependencies, authority=authority, value=value, reader=reader)
    persons = () if found is None else (FoundPerson(person_id=found.person_id),)
    return responses.json(200, FoundPersons(persons=persons))
