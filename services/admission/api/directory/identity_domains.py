"""Serves identity domains: operators say, and see, who shares an authority's numbers."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES, examples
from services.admission.domain.directory.affiliation import SharedNumbers
from services.admission.domain.identifiers import normalised_authority
from services.admission.domain.movement import Finess, Label
from services.admission.handlers.directory.look_up import look_up_identity_domains
from services.admission.handlers.directory.register import register_identity_domain
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.problems import FieldError, Problem

LONGEST_NAME: Final = 60

router = APIRouter()
Lister = Annotated[Principal, Depends(Permission("list_identity_domains"))]
Registrar = Annotated[Principal, Depends(Permission("register_identity_domain"))]


class ShareNumbers(Struct, frozen=True, kw_only=True):
    """Establishments among which a number under this authority means the same person."""

    authority: Label
    """As movements name it."""
    members: Annotated[tuple[Finess, ...], Meta(min_length=1, max_length=1000)]
    """FINESS numbers of sites, or of legal entities, which stand for all their sites."""


class SharedNumbersList(Struct, frozen=True, kw_only=True):
    """Every identity domain that establishments share."""

    domains: tuple[SharedNumbers, ...]


@router.get(
    "/v1/identity-domains",
    **describe("List who shares numbers", caller="operator", answers={200: SharedNumbersList}),
)
async def list_identity_domains(request: Request, operator: Lister) -> Response:  # noqa: ARG001
    """The domains that operators stated, by name; for operators of the platform."""
    domains = await look_up_identity_domains(DEPENDENCIES.of(request))
    return responses.json(200, SharedNumbersList(domains=tuple(domains)))


@router.put(
    "/v1/identity-domains/{domain}",
    **describe(
        "Share an authority's numbers",
        caller="operator",
        answers={200: SharedNumbers},
        request=ShareNumbers,
        examples=examples.IDENTITY_DOMAINS,
        problems=[409],
    ),
)
async def put_identity_domain(domain: str, request: Request, operator: Registrar) -> Response:  # noqa: ARG001
    """Say which establishments share an authority's numbers; for operators of the platform.

    Each other establishment has its numbers for itself. What was stated before stays as it was understood.
    409 when a member shares this authority in another domain.
    """
    if not (domain.isascii() and domain.replace("-", "").isalnum() and domain[0].islower()) or (
        len(domain) > LONGEST_NAME
    ):
        error = FieldError("/path/domain", "begins with a small letter; then letters, digits and hyphens")
        raise Problem(422, "The domain cannot have this name", errors=[error])
    wanted = decode(await request.body(), ShareNumbers)
    authority, members = normalised_authority(wanted.authority), tuple(sorted(set(wanted.members)))
    elsewhere = await register_identity_domain(
        DEPENDENCIES.of(request), domain, authority=authority, members=members
    )
    if elsewhere:
        raise Problem(409, "A member shares this authority elsewhere", extensions={"elsewhere": elsewhere})
    return responses.json(200, SharedNumbers(domain=domain, authority=authority, members=members))
