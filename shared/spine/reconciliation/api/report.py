"""Serves `/v1/reconciliation`: what became of every event in this service."""

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.spine.reconciliation.context import RECONCILIATION
from shared.spine.reconciliation.report.balance import Report
from shared.spine.reconciliation.report.build_report import build_report
from shared.web import responses
from shared.web.contract import describe

router = APIRouter()

USUAL_DAYS: Final = 7


@router.get(
    "/v1/reconciliation",
    **describe("Compare what was published with what was applied", caller="operator", answers={200: Report}),
)
async def get_reconciliation(
    request: Request,
    _: Annotated[Principal, Depends(Permission("read_reconciliation"))],
    since: date | None = None,
    recount: bool = False,
) -> Response:
    """Received = applied + parked + dismissed + pending, by publisher, establishment and day.

    Compared now, with the publishers' ledgers, since a day or for a week. What only one side has is named.
    """
    context = RECONCILIATION.of(request)
    first = since or context.clock().date() - timedelta(days=USUAL_DAYS - 1)
    return responses.json(200, await build_report(context, first, recount=recount))
