"""Serves `POST /v1/sources` and `DELETE /v1/keys/{key_id}`, by which operators decide who may call."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES, examples
from services.admission.domain.movement import Finess, Label
from services.admission.handlers import manage_access
from services.admission.handlers.dependencies import Dependencies
from shared.events.admission import Scope
from shared.security.authentication import Permission
from shared.security.policy.keys import may_create
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode, uuid_in_path
from shared.web.problems import FieldError, Problem

router = APIRouter()
Creator = Annotated[Principal, Depends(Permission("create_source"))]
Revoker = Annotated[Principal, Depends(Permission("revoke_key"))]

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
    await _check_sites(dependencies, wanted)
    created = await manage_access.create_source(
        dependencies,
        wanted.name,
        establishment=wanted.establishment,
        scopes=wanted.scopes,
        tolerance_seconds=wanted.tolerance_seconds,
        sites=wanted.sites,
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
    )
    return responses.json(201, body, headers={"cache-control": "no-store"})


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


@router.delete(
    "/v1/keys/{key_id}", **describe("Revoke a key", caller="operator", answers={204: None}, problems=[404])
)
async def revoke_key(key_id: str, request: Request, operator: Revoker) -> Response:
    """End a key, everywhere within seconds; again is no error."""
    dependencies = DEPENDENCIES.of(request)
    if not await manage_access.revoke_key(dependencies, uuid_in_path(key_id), by=operator):
        raise Problem(404)
    return Response(status_code=204)
