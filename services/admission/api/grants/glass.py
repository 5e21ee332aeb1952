"""Serves `/v1/broken-glasses`: break the glass in an emergency, and see who did."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.grants import examples
from services.admission.api.grants.granted import Granted, establishment_of, granted, refused_without_signer
from services.admission.domain.movement import Identifier, Label
from services.admission.handlers.grants.glass import Emergency, SeenGlass, break_glass, list_glasses
from shared.events.envelope import Moment
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.paging import DEFAULT_LIMIT, Continuation, Limit, decode_continuation, split_page
from shared.web.problems import Problem

PATH: Final = "/v1/broken-glasses"
_LAST: Final = (datetime.fromisoformat("9999-12-30T00:00:00+00:00"), UUID(int=2**128 - 1))
_KEY: Final = tuple[Moment, UUID]

router = APIRouter()
Breaker = Annotated[Principal, Depends(Permission("break_glass"))]
Officer = Annotated[Principal, Depends(Permission("list_broken_glasses"))]


class BreakGlass(Struct, frozen=True, kw_only=True):
    """Why everything of a person must be seen at once."""

    person: Identifier
    """By a national number, or one that the caller's establishment gave."""
    by: Label
    """Who breaks it; kept encrypted, shown to the establishment's privacy officer."""
    reason: Annotated[str, Meta(min_length=10, max_length=1000)]
    """Kept encrypted, shown to the establishment's privacy officer."""


class BrokenGlasses(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whose glass was broken by whom, newest first."""

    broken: tuple[SeenGlass, ...]
    continuation: str | None = None
    """Gives the next page; none on the last one."""


@router.post(
    PATH,
    **describe(
        "Break the glass",
        caller="integrator",
        answers={201: Granted},
        request=BreakGlass,
        examples=examples.EMERGENCIES,
        problems=[404],
    ),
)
async def post_broken_glass(request: Request, breaker: Breaker) -> Response:
    """For an hour the caller's establishment sees everything of the person, the circle too. The privacy
    officers of the establishment, and of those that state something of the person, see that it was. 404 when
    the number means nobody."""
    dependencies, wanted = DEPENDENCIES.of(request), decode(await request.body(), BreakGlass)
    establishment = establishment_of(breaker)
    emergency = Emergency(
        authority=wanted.person.authority, value=wanted.person.value, by=wanted.by, reason=wanted.reason
    )
    with refused_without_signer():
        grant = await break_glass(dependencies, emergency, breaker=breaker, establishment=establishment)
    if grant is None:
        raise Problem(404)
    return responses.json(201, granted(grant))


@router.get(
    PATH,
    **describe("List the broken glasses", caller="operator", answers={200: BrokenGlasses}),
)
async def list_broken_glasses(
    request: Request, officer: Officer, limit: Limit = DEFAULT_LIMIT, continuation: Continuation = None
) -> Response:
    """For privacy officers: those that their establishment broke, with who and why, and those about persons
    of whom it states something."""
    before = _LAST if continuation is None else decode_continuation(continuation, _KEY)
    found = await list_glasses(DEPENDENCIES.of(request), officer=officer, before=before, limit=limit + 1)
    page, following = split_page(found, limit, lambda each: (each.begins_at, each.grant_id))
    body = BrokenGlasses(broken=page, continuation=following)
    return responses.json(200, body)
