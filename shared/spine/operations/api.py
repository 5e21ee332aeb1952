"""Serves `/v1/operations` and `/v1/pauses/{part}`: the status of a service, and the pausing of its parts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.spine.access.last_used import KeysUsed, keys_used
from shared.spine.operations.context import OPERATIONS, OperationsContext
from shared.spine.operations.status import ServiceStatus, status_of
from shared.spine.pause import pauses
from shared.spine.pause.gate import Part
from shared.spine.pause.pauses import Pause
from shared.telemetry.logging import get_logger
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.problems import Problem

router = APIRouter()

Reader = Annotated[Principal, Depends(Permission("read_operations"))]
Pauser = Annotated[Principal, Depends(Permission("pause_part"))]


class PutPause(Struct, frozen=True, kw_only=True):
    """Who pauses a part, and why."""

    by: Annotated[str, Meta(min_length=1, max_length=100)]
    because: Annotated[str, Meta(min_length=1, max_length=500)]


@router.get(
    "/v1/operations",
    **describe("Show what is paused, unsent and parked", caller="operator", answers={200: ServiceStatus}),
)
async def get_operations(request: Request, _: Reader, *, unapplied: bool = False) -> Response:
    """What is paused, unsent and parked; with `unapplied` the broker is asked how far it is behind."""
    return responses.json(200, await status_of(OPERATIONS.of(request), with_unapplied=unapplied))


@router.get(
    "/v1/operations/keys",
    **describe("Show when keys were last used here", caller="operator", answers={200: KeysUsed}),
)
async def get_keys_used(request: Request, _: Reader) -> Response:
    """When each key was last used at this service, within an hour; those never used are left out."""
    return responses.json(200, KeysUsed(keys=await keys_used(OPERATIONS.of(request).pool)))


@router.put(
    "/v1/pauses/{part}",
    **describe(
        "Pause a part of the service",
        caller="operator",
        answers={200: ServiceStatus, 201: ServiceStatus},
        request=PutPause,
        examples={"Maintenance": {"by": "A. Martin", "because": "The network is being replaced"}},
        problems=[404],
    ),
)
async def put_pause(request: Request, part: Part, operator: Pauser) -> Response:
    """Pause a part, on all replicas within a second; one that is paused already stays as it is."""
    asked = decode(await request.body(), PutPause)
    context = _context_of(request, part)
    pause = Pause(
        part=part, paused_by=operator.signature(asked.by), because=asked.because, paused_at=context.clock()
    )
    is_new = await pauses.add(context.pool, pause)
    if is_new:
        get_logger().warning("part_paused", kind=part, key_id=operator.key_id)
    return responses.json(201 if is_new else 200, await status_of(context, with_unapplied=False))


@router.delete(
    "/v1/pauses/{part}",
    **describe(
        "Resume a part of the service", caller="operator", answers={200: ServiceStatus}, problems=[404]
    ),
)
async def delete_pause(request: Request, part: Part, operator: Pauser) -> Response:
    """Resume a part; one that was not paused goes on as before."""
    context = _context_of(request, part)
    since = await pauses.end(context.pool, part)
    if since is not None:
        seconds = round((context.clock() - since).total_seconds(), 1)
        get_logger().warning("part_resumed", kind=part, key_id=operator.key_id, seconds=seconds)
    return responses.json(200, await status_of(context, with_unapplied=False))


def _context_of(request: Request, part: Part) -> OperationsContext:
    context = OPERATIONS.of(request)
    if part not in context.parts:
        raise Problem(404, detail=f"what can be paused here: {', '.join(context.parts)}")
    return context
