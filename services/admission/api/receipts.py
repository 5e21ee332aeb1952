"""Serves `GET /v1/receipts/{receipt_id}`: what became of a movement."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.domain.receipt import NumberedReceipt, ServiceOutcome
from services.admission.handlers.show_receipt import show_receipt
from shared.security.authentication import require
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import Problem

router = APIRouter()


class ReceiptWithServices(NumberedReceipt, frozen=True, kw_only=True):
    """The receipt, the movement and stay that it is about, and what each service says of its event now."""

    services: dict[str, ServiceOutcome]


@router.get(
    "/v1/receipts/{receipt_id}",
    **describe("Read a receipt", caller="integrator", answers={200: ReceiptWithServices}, problems=[404]),
)
async def get_receipt(
    receipt_id: str, request: Request, reader: Annotated[Principal, Depends(require("intake", "read"))]
) -> Response:
    """The receipt and where its event was applied; 404 also for another establishment's.

    Beside our ids of the movement and of its stay, which the pathway shows, stand the sender's own.
    """
    dependencies = DEPENDENCIES.of(request)
    authorization = request.headers.get("authorization", "")
    found = await show_receipt(dependencies, parse_id(receipt_id), reader=reader, authorization=authorization)
    if found is None:
        raise Problem(404)
    receipt, services = found
    return responses.json(200, ReceiptWithServices(**msgspec.structs.asdict(receipt), services=services))


def parse_id(text: str) -> UUID:
    """An id from a path; raises `Problem` 404 for anything else, which names nothing."""
    try:
        return UUID(text)
    except ValueError:
        raise Problem(404) from None
