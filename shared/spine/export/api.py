"""Serves `GET /v1/persons/{person_id}/export`: everything that this service keeps of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from msgspec import Struct
from starlette.responses import Response

from shared.security.audit.access import note
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.spine.export.read import ExportedRecord, Place, beginning_of, read_page
from shared.spine.export.section import Export, Section
from shared.web import responses
from shared.web.contract import describe
from shared.web.paging import MAX_LIMIT, Continuation, Limit, decode_continuation, encode_continuation
from shared.web.problems import FieldError, Problem
from shared.web.state import StateEntry

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class ExportContext:
    """What the route works with."""

    service: str
    export: Export
    sections: Sequence[Section]
    """The service's own, then the spine's."""
    dependencies: Any


EXPORT: Final = StateEntry[ExportContext]("export")


class PersonExport(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of what one service keeps of a person."""

    service: str
    person_ids: tuple[UUID, ...]
    """Every id of the person that this service knows to be one."""
    records: tuple[ExportedRecord, ...]
    continuation: str | None = None
    """Gives the next page; none on the last one."""


@router.get(
    "/v1/persons/{person_id}/export",
    **describe(
        "Export all that is kept of a person",
        caller="operator",
        answers={200: PersonExport},
        problems=[404],
    ),
)
async def export_person(
    request: Request,
    person_id: UUID,
    _: Annotated[Principal, Depends(Permission("export_person"))],
    limit: Limit = MAX_LIMIT,
    continuation: Continuation = None,
) -> Response:
    """Everything that this service keeps of a person, opened where it is sealed, for the person who asks for
    it (GDPR articles 15 and 20). Admission says every id under which the person is known; the other services
    are asked for each. 404 from admission when nobody has this id; from the others it may be that nothing is
    kept."""
    context = EXPORT.of(request)
    persons: Sequence[UUID] = [person_id]
    if context.export.persons is not None:
        persons = await context.export.persons(context.dependencies, person_id)
    if not persons:
        raise Problem(404)
    note(*persons)
    try:
        place = None if continuation is None else decode_continuation(continuation, Place)
        beginning = beginning_of(context.sections, place)
    except ValueError:
        error = FieldError("/query/continuation", "not a token that this list gave")
        raise Problem(422, "The request is not valid", errors=[error]) from None
    records, end = await read_page(
        context.sections, context.dependencies, persons, beginning=beginning, limit=limit
    )
    body = PersonExport(
        service=context.service,
        person_ids=tuple(persons),
        records=tuple(records),
        continuation=None if end is None else encode_continuation(end),
    )
    return responses.json(200, body)
