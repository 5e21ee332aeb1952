"""Serves `/v1/parked`, where an operator looks at parked events, retries them or dismisses them."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.spine.parked import rows
from shared.spine.parked.context import PARKED
from shared.spine.parked.dismiss import dismiss
from shared.spine.parked.errors import NothingParked
from shared.spine.parked.retry_event import next_in_stream, retry_event
from shared.spine.parked.retry_many import retry_many
from shared.spine.parked.rows import ParkedFilter
from shared.spine.parked.shapes import (
    Dismiss,
    Dismissed,
    ParkedEvents,
    Retried,
    RetriedMany,
    RetryMany,
    RetryOne,
    ShownEvent,
)
from shared.spine.parked.show_parked import show_event, show_page
from shared.telemetry.logging import get_logger
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode

router = APIRouter()

Lister = Annotated[Principal, Depends(Permission("list_parked"))]
Viewer = Annotated[Principal, Depends(Permission("show_parked"))]
Retrier = Annotated[Principal, Depends(Permission("retry_parked"))]
Dismisser = Annotated[Principal, Depends(Permission("dismiss_parked"))]

Id = Annotated[int, Path(ge=1, lt=2**63)]
_RETRY = {"Repaired": {"by": "A. Martin", "because": "Release 0.1.1 knows this type"}}


@router.get("/v1/parked", **describe("List parked events", caller="operator", answers={200: ParkedEvents}))
async def list_parked(
    request: Request,
    _: Lister,
    *,
    state: Literal["parked", "applied", "dismissed", "all"] = "parked",
    reason: str | None = None,
    publisher: str | None = None,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Events that were parked, oldest first: why, and where they came from; nothing of what they say."""
    filters = ParkedFilter(state=None if state == "all" else state, reason=reason, publisher=publisher)
    return responses.json(200, await show_page(PARKED.of(request).pool, filters, after=after, limit=limit))


@router.get(
    "/v1/parked/{parked_id}",
    **describe("Show a parked event", caller="operator", answers={200: ShownEvent}, problems=[404]),
)
async def show_parked(request: Request, parked_id: Id, operator: Viewer, *, reveal: bool = False) -> Response:
    """One event and what waits behind it; its content with `reveal`, which is recorded as an access."""
    shown = await show_event(PARKED.of(request).pool, parked_id, reveal=reveal)
    if reveal:
        # One that could not be read has no event_id; its place in the broker names it.
        get_logger().warning(
            "parked_event_revealed",
            event_id=shown.event.event_id,
            topic=shown.event.topic,
            partition=shown.event.partition,
            offset=shown.event.offset,
            key_id=operator.key_id,
        )
    return responses.json(200, shown)


@router.post(
    "/v1/parked/{parked_id}/retry",
    **describe(
        "Retry a parked event",
        caller="operator",
        answers={200: Retried},
        request=RetryOne,
        examples=_RETRY,
        problems=[404, 409],
    ),
)
async def retry_parked(request: Request, parked_id: Id, operator: Retrier) -> Response:
    """Apply one event, then those that do nothing but wait behind it, in sequence order."""
    asked = decode(await request.body(), RetryOne)
    context, by = PARKED.of(request), operator.signature(asked.by)
    row = await rows.one(context.pool, parked_id)
    if row is None:
        raise NothingParked
    applied: list[int] = []
    while row is not None:
        still_parked = await retry_event(context, row, by=by, because=asked.because)
        if still_parked is not None:
            return responses.json(200, Retried(applied=applied, still_parked=[still_parked]))
        applied.append(row["id"])
        row = await next_in_stream(context, row, reasons=())
    return responses.json(200, Retried(applied=applied, still_parked=[]))


@router.post(
    "/v1/parked/retry",
    **describe(
        "Retry many parked events",
        caller="operator",
        answers={200: RetriedMany},
        request=RetryMany,
        examples=_RETRY,
    ),
)
async def retry_share(request: Request, operator: Retrier) -> Response:
    """Retry a chunk of the events, at a rate; go on with `after`, or stop by not asking any more."""
    asked = decode(await request.body(), RetryMany)
    context, now = PARKED.of(request), asyncio.get_running_loop().time
    done = await retry_many(context, asked, by=operator.signature(asked.by), now=now)
    return responses.json(200, done)


@router.post(
    "/v1/parked/{parked_id}/dismiss",
    **describe(
        "Dismiss a parked event",
        caller="operator",
        answers={200: Dismissed},
        request=Dismiss,
        examples={"A test": {"by": "A. Martin", "because": "A test of the sender's, about nobody"}},
        problems=[404, 409],
    ),
)
async def dismiss_parked(request: Request, parked_id: Id, operator: Dismisser) -> Response:
    """Decide that one event is not to be applied here; the answer says what follows from that."""
    asked = decode(await request.body(), Dismiss)
    by = operator.signature(asked.by)
    dismissed = await dismiss(PARKED.of(request), parked_id, by=by, because=asked.because)
    return responses.json(200, dismissed)
