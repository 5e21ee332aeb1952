"""Serves `GET /v1/sources/{source_id}/callback/deliveries`: what a source was told."""

from uuid import UUID

from fastapi import APIRouter, Request
from msgspec import Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.callbacks.shapes import PATH, Reader, own_source
from services.admission.storage.callbacks.deliveries import Delivery, State, page_of
from shared.web import responses
from shared.web.contract import describe
from shared.web.paging import DEFAULT_LIMIT, Continuation, Limit, decode_continuation, split_page

router = APIRouter()


class DeliveryPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the callbacks, newest first."""

    deliveries: tuple[Delivery, ...]
    continuation: str | None = None
    """Gives the next page; `None` on the last one."""


@router.get(
    PATH + "/deliveries",
    **describe(
        "List what a source was told", caller="integrator", answers={200: DeliveryPage}, problems=[404]
    ),
)
async def list_deliveries(
    source_id: str,
    request: Request,
    reader: Reader,
    *,
    state: State | None = None,
    limit: Limit = DEFAULT_LIMIT,
    continuation: Continuation = None,
) -> Response:
    """The callbacks of the last 30 days, with what the endpoint answered last."""
    after: UUID | None = None if continuation is None else decode_continuation(continuation, UUID)
    source = await own_source(source_id, request, reader)
    found = await page_of(DEPENDENCIES.of(request).pool, source, after=after, state=state, limit=limit + 1)
    page, following = split_page(found, limit, lambda each: each.delivery_id)
    return responses.json(200, DeliveryPage(deliveries=page, continuation=following))
