"""Serves `DELETE /v1/keys/{key_id}` and `POST /v1/keys/{key_id}/rotations`: keys end, or give way."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.key_shapes import LimitsOfKey, check_expiry
from services.admission.domain.movement import Moment
from services.admission.handlers import manage_access
from services.admission.handlers.rotate_key import rotate_key
from shared.events.admission import KeyLimits
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode, uuid_in_path
from shared.web.problems import Problem

router = APIRouter()
Revoker = Annotated[Principal, Depends(Permission("revoke_key"))]
Rotator = Annotated[Principal, Depends(Permission("rotate_key"))]

WEEK_SECONDS = 7 * 86_400
QUARTER_SECONDS = 90 * 86_400


class RotateKey(Struct, frozen=True, kw_only=True):
    """How the new key differs from the old one, and how long the old one goes on."""

    old_ends_after_seconds: Annotated[int, Meta(ge=0, le=QUARTER_SECONDS)] = WEEK_SECONDS
    """So that both work while the application is given the new one; it never prolongs the old one."""
    expires_at: Moment | None = None
    """When the new key ends: in a year unless another time is said, at most five years ahead."""
    limits: LimitsOfKey | None = None
    """Those of the old one unless others are said."""


class KeyRotated(Struct, frozen=True, kw_only=True):
    """The new key, which is shown now and never again, of the same source."""

    source_id: UUID
    key_id: UUID
    key: str
    expires_at: datetime | None
    limits: KeyLimits
    old_key_id: UUID
    old_expires_at: datetime


@router.post(
    "/v1/keys/{key_id}/rotations",
    **describe(
        "Rotate a key",
        caller="operator",
        answers={201: KeyRotated},
        request=RotateKey,
        examples={"A day for the change": {"old_ends_after_seconds": 86_400}},
        problems=[404],
    ),
)
async def post_rotation(key_id: str, request: Request, operator: Rotator) -> Response:
    """Give a source another key in place of this one, which ends a week later unless another time is said.

    What the source sent under the old key and sends again under the new one gets its first receipt.
    """
    dependencies = DEPENDENCIES.of(request)
    old_key_id, wanted = uuid_in_path(key_id), decode(await request.body(), RotateKey)
    check_expiry(wanted.expires_at, dependencies.clock())
    rotated = await rotate_key(
        dependencies,
        old_key_id,
        by=operator,
        old_ends_after=timedelta(seconds=wanted.old_ends_after_seconds),
        expires_at=wanted.expires_at,
        limits=None if wanted.limits is None else wanted.limits.of_key,
    )
    if rotated is None:
        raise Problem(404)
    body = KeyRotated(
        source_id=rotated.key.source_id,
        key_id=rotated.key.key_id,
        key=rotated.secret,
        expires_at=rotated.key.expires_at,
        limits=rotated.key.limits,
        old_key_id=old_key_id,
        old_expires_at=rotated.old_ends_at,
    )
    return responses.json(201, body)


@router.delete(
    "/v1/keys/{key_id}", **describe("Revoke a key", caller="operator", answers={204: None}, problems=[404])
)
async def revoke_key(key_id: str, request: Request, operator: Revoker) -> Response:
    """End a key, everywhere within seconds; again is no error."""
    dependencies = DEPENDENCIES.of(request)
    if not await manage_access.revoke_key(dependencies, uuid_in_path(key_id), by=operator):
        raise Problem(404)
    return Response(status_code=204)
