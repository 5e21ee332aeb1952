"""`GET /v1/receipts/{receipt_id}`: what became of a movement."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api.shapes import ReceiptWithServices
from services.admission.handlers.show_receipt import ShowReceipt
from shared.security.authentication import require
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import Problem

router = APIRouter()


@router.get("/v1/receipts/{receipt_id}", **describe(answers={200: ReceiptWithServices}, problems=[404]))
async def get_receipt(
    receipt_id: str, request: Request, reader: Annotated[Principal, Depends(require("intake", "read"))]
) -> Response:
    """The receipt and where its event was applied; 404 also for another establishment's."""
    show: ShowReceipt = request.app.state.service.show_receipt
    found = await show(
        as_uuid(receipt_id), reader=reader, authorization=request.headers.get("authorization", "")
    )
    if found is None:
        raise Problem(404)
    receipt, services = found
    return responses.json(200, ReceiptWithServices(**msgspec.structs.asdict(receipt), services=services))


def as_uuid(text: str) -> UUID:
    """An id from a path; what is no id names nothing."""
    try:
        return UUID(text)
    except ValueError:
        raise Problem(404) from None
