"""`/v1/reconciliation`: is every event accounted for in this service?"""

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from shared.http import responses
from shared.http.contract import describe
from shared.reconciliation.accounts import Report
from shared.reconciliation.books import Books
from shared.reconciliation.report import report
from shared.security.authentication import require
from shared.security.principal import Principal

router = APIRouter(tags=["reconciliation"])

USUAL_DAYS: Final = 7


@router.get("/v1/reconciliation", **describe(answers={200: Report}))
async def get_reconciliation(
    request: Request,
    _: Annotated[Principal, Depends(require("operator"))],
    since: date | None = None,
    recount: bool = False,
) -> Response:
    """Received = applied + parked + dismissed + pending, by publisher, establishment and day.

    Compared now, with the publishers' ledgers, since a day or for a week. What only one side has is named.
    """
    books: Books = request.app.state.books
    first = since or books.clock().date() - timedelta(days=USUAL_DAYS - 1)
    return responses.json(200, await report(books, first, recount=recount))
