"""Serves `POST /v1/sources`, by which operators let applications in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES, examples
from services.admission.api.key_shapes import LimitsOfKey, check_expiry
from services.admission.domain.movement import Finess, Label, Moment
from services.admission.handlers import manage_access
from services.admission.handlers.dependencies import Dependencies
from shared.events.admission import KeyLimits, Scope
from shared.security.authentication import Permission
from shared.security.policy.keys import may_create
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.problems import FieldError, Problem

router = APIRouter()
Creator = Annotated[Principal, Depends(Permission("create_source"))]

DAY_SECONDS = 86_400


class CreateSource(Struct, frozen=True, kw_only=True):
    """An application that will state movements, or read."""

    name: Label
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=6)]
    establishment: Finess | None = None
    """None: an operator of the whole platform."""
    tolerance_seconds: Annotated[int, Meta(ge=0, le=DAY_SECONDS)] = 300
    """How far ahead its clock may run before a time is marked as future."""
    sites: Annotated[tuple[Finess, ...], Meta(max_length=200)] = ()
    """Other sites of the establishment's legal entity, for which it may state and which it may see, too."""
    expires_at: Moment | None = None
    """When its key ends: in a year unless another time is said, at most five years ahead."""
    limits: LimitsOfKey = LimitsOfKey()
    """What the key may use of each process of a service; without, its share of what there is."""


class SourceCreated(Struct, frozen=True, kw_only=True):
    """The source and its key, which is shown now and never again."""

    source_id: UUID
    key_id: UUID
    key: str
    name: str
    establishment: str | None
    scopes: tuple[Scope, ...]
    tolerance_seconds: int
    sites: tuple[str, ...]
    expires_at: datetime | None
    limits: KeyLimits


@router.post(
    "/v1/sources",
    **describe(
        "Create a source and its key",
        caller="operator",
        answers={201: SourceCreated},
        request=CreateSource,
        examples=examples.SOURCES,
    ),
)
async def create_source(request: Request, operator: Creator) -> Response:
    """A source and its key; the answer is the only place where the key is ever shown."""
    dependencies = DEPENDENCIES.of(request)
    wanted = decode(await request.body(), CreateSource)
    if wanted.establishment is None and "operator" not in wanted.scopes:
        missing = FieldError("/establishment", "required, except for an operator of the whole platform")
        raise Problem(422, "The body does not fit", errors=[missing])
    if wanted.establishment is not None and "ledger" in wanted.scopes:
        foreign = FieldError("/scopes", "`ledger` is for the platform's own services")
        raise Problem(422, "The body does not fit", errors=[foreign])
    if not may_create(operator, establishment=wanted.establishment, sites=wanted.sites, scopes=wanted.scopes):
        raise Problem(403, "The key may not create one that is another's, or may do more")
    check_expiry(wanted.expires_at, dependencies.clock())
    await _check_sites(dependencies, wanted)
    created = await manage_access.create_source(
        dependencies,
        wanted.name,
        establishment=wanted.establishment,
        scopes=wanted.scopes,
        tolerance_seconds=wanted.tolerance_seconds,
        sites=wanted.sites,
        expires_at=wanted.expires_at,
        limits=wanted.limits.of_key,
    )
    body = SourceCreated(
        source_id=created.source.source_id,
        key_id=created.key.key_id,
        key=created.secret,
        name=created.source.name,
        establishment=created.source.establishment,
        scopes=created.key.scopes,
        tolerance_seconds=created.source.tolerance_seconds,
        sites=created.key.sites,
        expires_at=created.key.expires_at,
        limits=created.key.limits,
    )
    return responses.json(201, body)


async def _check_sites(dependencies: Dependencies, wanted: CreateSource) -> None:
    if not wanted.sites:
        return
    if wanted.establishment is None:
        error = FieldError("/sites", "a source of no establishment has no sites")
        raise Problem(422, "The body does not fit", errors=[error])
    foreign = await manage_access.foreign_sites(dependencies, wanted.establishment, wanted.sites)
    if foreign:
        errors = [
            FieldError(f"/sites/{place}", "the directory does not list it as a site of the same legal entity")
            for place, site in enumerate(wanted.sites)
            if site in foreign
        ]
        raise Problem(422, "The sites cannot be its own", errors=errors)
