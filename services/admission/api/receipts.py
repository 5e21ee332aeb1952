"""Serves `GET /v1/receipts`, by id and by the sender's own event id: what became of a movement."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.domain.receipt import NumberedReceipt, ServiceOutcome
from services.admission.handlers.show_receipt import find_receipt, show_receipt
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import uuid_in_path
from shared.web.problems import Problem

router = APIRouter()
Reader = Annotated[Principal, Depends(Permission("read_receipt"))]
Finder = Annotated[Principal, Depends(Permission("find_receipt"))]


class ReceiptWithServices(NumberedReceipt, frozen=True, kw_only=True):
    """The receipt, the movement and stay that it is about, and what each service says of its event now."""

    services: dict[str, ServiceOutcome]


class FoundReceipts(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt of what a source sent under its own event id; empty when it sent nothing."""

    receipts: tuple[ReceiptWithServices, ...]


@router.get(
    "/v1/receipts",
    **describe("Find a receipt by one's own event id", caller="integrator", answers={200: FoundReceipts}),
)
async def find_receipts(
    request: Request,
    reader: Finder,
    source_event_id: Annotated[
        str, Query(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$", description="As it was sent")
    ],
) -> Response:
    """The receipt of what the key's own source sent under this id; an empty list when it sent nothing."""
    receipt_id = await find_receipt(DEPENDENCIES.of(request), source_event_id, reader=reader)
    found = None if receipt_id is None else await _read_receipt(request, receipt_id, reader)
    return responses.json(200, FoundReceipts(receipts=() if found is None else (found,)))


@router.get(
    "/v1/receipts/{receipt_id}",
    **describe("Read a receipt", caller="integrator", answers={200: ReceiptWithServices}, problems=[404]),
)
async def get_receipt(receipt_id: str, request: Request, reader: Reader) -> Response:
    """The receipt and where its event was applied; 404 also for another establishment's.

    Beside our ids of the movement and of its stay, which the pathway shows, stand the sender's own.
    """
    found = await _read_receipt(request, uuid_in_path(receipt_id), reader)
    if found is None:
        raise Problem(404)
    return responses.json(200, found)


async def _read_receipt(request: Request, receipt_id: UUID, reader: Principal) -> ReceiptWithServices | None:
    authorization = request.headers.get("authorization", "")
    found = await show_receipt(
        DEPENDENCIES.of(request), receipt_id, reader=reader, authorization=authorization
    )
    if found is None:
        return None
    receipt, services = found
    return ReceiptWithServices(**msgspec.structs.asdict(receipt), services=services)
