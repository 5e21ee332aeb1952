"""Serves `/v1/grants`: an establishment shows a person's team of care what it states, and ends it."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.grants import examples
from services.admission.api.grants.granted import Granted, establishment_of, granted, refused_without_signer
from services.admission.domain.grants import LONGEST_TEAM
from services.admission.domain.movement import Finess, Identifier, Label
from services.admission.handlers.grants.teams import Team, declare_team, end_grant
from shared.events.envelope import Moment
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode, uuid_in_path
from shared.web.problems import FieldError, Problem

router = APIRouter()
Declarer = Annotated[Principal, Depends(Permission("declare_team"))]
Ender = Annotated[Principal, Depends(Permission("end_grant"))]


class GivenConsent(Struct, frozen=True, kw_only=True):
    """The person's agreement, and where its proof is kept."""

    given_at: Moment
    reference: Label


class DeclareTeam(Struct, frozen=True, kw_only=True):
    """Who takes part in the care of a person, and may see what the caller's establishment states of them."""

    basis: Literal["team"]
    person: Identifier
    """By a number of one's own, as in a movement."""
    establishments: Annotated[tuple[Finess, ...], Meta(min_length=1, max_length=50)]
    begins_at: Moment | None = None
    """Without it, now."""
    ends_at: Moment
    """At most a year later."""
    by: Label
    """Who declares it; kept encrypted."""
    consent: GivenConsent
    """Kept encrypted."""


@router.post(
    "/v1/grants",
    **describe(
        "Show a team of care what one states",
        caller="integrator",
        answers={201: Granted},
        request=DeclareTeam,
        examples=examples.TEAMS,
        problems=[404],
    ),
)
async def post_grant(request: Request, declarer: Declarer) -> Response:
    """From then until then the establishments named see the caller's stays of the person; each that shows
    the others its own declares it, too. 404 when the number means nobody of whom the caller stated anything.
    """
    dependencies = DEPENDENCIES.of(request)
    wanted, now = decode(await request.body(), DeclareTeam), dependencies.clock()
    establishment = establishment_of(declarer)
    begins_at = wanted.begins_at or now
    if not timedelta(0) < wanted.ends_at - begins_at <= LONGEST_TEAM or wanted.ends_at <= now:
        error = FieldError("/ends_at", "must be after the beginning and after now, at most a year later")
        raise Problem(422, "The body does not fit", errors=[error])
    team = Team(
        authority=wanted.person.authority,
        value=wanted.person.value,
        establishments=tuple(sorted(set(wanted.establishments))),
        begins_at=begins_at,
        ends_at=wanted.ends_at,
        by=wanted.by,
        consent=f"{wanted.consent.given_at.isoformat()} {wanted.consent.reference}",
    )
    with refused_without_signer():
        grant = await declare_team(dependencies, team, declarer=declarer, establishment=establishment)
    if grant is None:
        raise Problem(404)
    return responses.json(201, granted(grant))


@router.delete(
    "/v1/grants/{grant_id}",
    **describe("End a grant", caller="integrator", answers={204: None}, problems=[404]),
)
async def delete_grant(grant_id: str, request: Request, ender: Ender) -> Response:
    """It gives nothing any more, everywhere within seconds; again is no error. One's own; an operator of the
    platform ends any, a network too."""
    with refused_without_signer():
        found = await end_grant(DEPENDENCIES.of(request), uuid_in_path(grant_id), by=ender)
    if not found:
        raise Problem(404)
    return Response(status_code=204)
