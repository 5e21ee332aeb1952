"""`/v1/inbox/{publisher}/...`: what does this service hold of what others published?"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from shared.security.authentication import require
from shared.security.principal import Principal
from shared.spine.reconciliation.books import Books
from shared.spine.reconciliation.counting import Side
from shared.spine.reconciliation.digests import digests_of
from shared.spine.reconciliation.holdings import first_hour
from shared.spine.reconciliation.seals import windows_between
from shared.spine.reconciliation.shapes import Digests, Tallies
from shared.spine.reconciliation.tallies import by_day, days, parked_by_day, tallies_of
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import Problem

router = APIRouter(prefix="/v1/inbox", tags=["reconciliation"])

Reader = Annotated[Principal, Depends(require("ledger", "operator"))]


@router.get("/{publisher}/digests", **describe(answers={200: Digests}, problems=[404]))
async def get_held_digests(
    request: Request,
    _: Reader,
    publisher: str,
    until: AwareDatetime,
    since: AwareDatetime | None = None,
    recount: bool = False,
) -> Response:
    """Count and digest per hour and bucket, as the publisher's ledger gives them."""
    side = _side(request.app.state.books, publisher)
    first = since or await first_hour(side)
    return responses.json(200, await digests_of(side, first, until, recount=recount))


@router.get("/{publisher}/tallies", **describe(answers={200: Tallies}, problems=[404]))
async def get_held_tallies(request: Request, _: Reader, publisher: str, since: date, until: date) -> Response:
    """What was applied, is parked or was dismissed of what was recorded on each day, `until` included."""
    side = _side(request.app.state.books, publisher)
    first, last = days(since, until)
    applied = by_day(await windows_between(side, first, last))
    parked = await parked_by_day(side.pool, publisher, first, last)
    return responses.json(200, Tallies(tallies=tallies_of(applied=applied, **parked)))


def _side(books: Books, publisher: str) -> Side:
    if publisher not in books.consumes:
        raise Problem(404)
    return books.inbox(publisher)
