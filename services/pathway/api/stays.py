"""Serves `GET /v1/stays?status=in_progress`: who is in the caller's own establishment."""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from msgspec import Struct
from msgspec.structs import asdict
from starlette.responses import Response

from services.pathway.api import DEPENDENCIES
from services.pathway.domain.pathway import Stay
from services.pathway.handlers.list_stays import list_stays_in_progress
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.paging import DEFAULT_LIMIT, Continuation, Limit, decode_continuation, split_page
from shared.web.problems import Problem

_FIRST: Final = UUID(int=0)

router = APIRouter()


class StayOfPerson(Stay, frozen=True, kw_only=True, omit_defaults=True):
    """A stay, and whose it is."""

    person_id: UUID


class StayPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the stays."""

    stays: tuple[StayOfPerson, ...]
    """Those of one person stand together."""
    continuation: str | None = None
    """Gives the next page; `None` on the last one."""


@router.get(
    "/v1/stays",
    **describe("List the stays in one's own establishment", caller="reader", answers={200: StayPage}),
)
async def list_stays(
    request: Request,
    principal: Annotated[Principal, Depends(Permission("list_stays"))],
    status: Annotated[Literal["in_progress"], Query(description="Which")] = "in_progress",  # noqa: ARG001
    limit: Limit = DEFAULT_LIMIT,
    continuation: Continuation = None,
) -> Response:
    """The stays in progress in the establishments that the key is bound to, in no order that means anything;
    `limit` counts persons. 403 for a key that is bound to no establishment."""
    if principal.establishment is None:
        raise Problem(403, "The key belongs to no establishment")
    after = _FIRST if continuation is None else decode_continuation(continuation, UUID)
    found = await list_stays_in_progress(
        DEPENDENCIES.of(request), principal.establishments, after=after, limit=limit + 1
    )
    page, following = split_page(found, limit, _person_id_of)
    stays = [
        StayOfPerson(person_id=person_id, **asdict(stay))
        for person_id, of_person in page
        for stay in of_person
    ]
    return responses.json(200, StayPage(stays=tuple(stays), continuation=following))


def _person_id_of(found: tuple[UUID, list[Stay]]) -> UUID:
    return found[0]
