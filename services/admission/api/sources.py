"""`POST /v1/sources` and `DELETE /v1/keys/{key_id}`: who may call, decided by operators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api.receipts import as_uuid
from services.admission.api.shapes import CreateSource, SourceCreated
from services.admission.handlers.manage_access import ManageAccess
from shared.security.authentication import require
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.problems import FieldError, Problem

router = APIRouter()
Operator = Annotated[Principal, Depends(require("operator"))]


@router.post("/v1/sources", **describe(answers={201: SourceCreated}, request=CreateSource))
async def create_source(request: Request, operator: Operator) -> Response:
    """A source and its key; the answer is the only place where the key is ever shown."""
    access: ManageAccess = request.app.state.service.manage_access
    wanted = decode(await request.body(), CreateSource)
    if wanted.establishment is None and "operator" not in wanted.scopes:
        missing = FieldError("/establishment", "required, except for an operator of the whole platform")
        raise Problem(422, "The body does not fit", errors=[missing])
    if operator.establishment not in {None, wanted.establishment}:
        raise Problem(403, "The key belongs to another establishment")
    created = await access.create_source(
        wanted.name,
        establishment=wanted.establishment,
        scopes=wanted.scopes,
        tolerance_seconds=wanted.tolerance_seconds,
    )
    body = SourceCreated(
        source_id=created.source.source_id,
        key_id=created.key.key_id,
        key=created.secret,
        name=created.source.name,
        establishment=created.source.establishment,
        scopes=created.key.scopes,
        tolerance_seconds=created.source.tolerance_seconds,
    )
    return responses.json(201, body, headers={"cache-control": "no-store"})


@router.delete("/v1/keys/{key_id}", **describe(answers={204: None}, problems=[404]))
async def revoke_key(key_id: str, request: Request, operator: Operator) -> Response:
    """End a key, everywhere within seconds; again is no error."""
    access: ManageAccess = request.app.state.service.manage_access
    if not await access.revoke_key(as_uuid(key_id), by=operator):
        raise Problem(404)
    return Response(status_code=204)
