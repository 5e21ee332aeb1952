"""`/v1/operations` and `/v1/pauses/{part}`: an operator sees how a service stands, and holds its parts up."""

from typing import Annotated

from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from shared.security.authentication import PlatformOperator
from shared.spine.operations.desk import OperationsDesk
from shared.spine.operations.standing import Standing, standing_of
from shared.spine.pause import pauses
from shared.spine.pause.gate import Part
from shared.spine.pause.pauses import Pause
from shared.telemetry.logging import get_logger
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.problems import Problem

router = APIRouter(tags=["operations"])


class PutPause(Struct, frozen=True, kw_only=True):
    """Who holds a part up, and why."""

    by: Annotated[str, Meta(min_length=1, max_length=100)]
    because: Annotated[str, Meta(min_length=1, max_length=500)]


@router.get("/v1/operations", **describe(answers={200: Standing}))
async def get_operations(request: Request, _: PlatformOperator, *, unapplied: bool = False) -> Response:
    """What is paused, unsent and parked; with `unapplied` the broker is asked how far it is behind."""
    return responses.json(200, await standing_of(_desk(request), with_unapplied=unapplied))


@router.put(
    "/v1/pauses/{part}", **describe(answers={200: Standing, 201: Standing}, request=PutPause, problems=[404])
)
async def put_pause(request: Request, part: Part, operator: PlatformOperator) -> Response:
    """Hold a part up, on all replicas within a second; one that is held up already stays as it is."""
    asked = decode(await request.body(), PutPause)
    desk = _desk_of(request, part)
    pause = Pause(
        part=part, paused_by=operator.signature(asked.by), because=asked.because, paused_at=desk.clock()
    )
    is_new = await pauses.add(desk.pool, pause)
    if is_new:
        get_logger().warning("part_paused", kind=part, key_id=operator.key_id)
    return responses.json(201 if is_new else 200, await standing_of(desk, with_unapplied=False))


@router.delete("/v1/pauses/{part}", **describe(answers={200: Standing}, problems=[404]))
async def delete_pause(request: Request, part: Part, operator: PlatformOperator) -> Response:
    """Let a part go on; one that was not held up goes on as it did."""
    desk = _desk_of(request, part)
    since = await pauses.end(desk.pool, part)
    if since is not None:
        seconds = round((desk.clock() - since).total_seconds(), 1)
        get_logger().warning("part_resumed", kind=part, key_id=operator.key_id, seconds=seconds)
    return responses.json(200, await standing_of(desk, with_unapplied=False))


def _desk(request: Request) -> OperationsDesk:
    desk: OperationsDesk = request.app.state.operations
    return desk


def _desk_of(request: Request, part: Part) -> OperationsDesk:
    desk = _desk(request)
    if part not in desk.parts:
        raise Problem(404, detail=f"what can be paused here: {', '.join(desk.parts)}")
    return desk
