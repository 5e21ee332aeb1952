"""`/v1/ledger/...`: what did this service publish? For the services that consume it, and for operators."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from shared.security.authentication import require
from shared.security.principal import Principal
from shared.spine.reconciliation import ledger
from shared.spine.reconciliation.books import Books
from shared.spine.reconciliation.digests import digests_of
from shared.spine.reconciliation.seals import windows_between
from shared.spine.reconciliation.shapes import Digests, LedgerPage, Spans, SpansPage, Tallies
from shared.spine.reconciliation.tallies import by_day, days, tallies_of
from shared.spine.reconciliation.windows import BUCKETS, hour_of
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode

router = APIRouter(prefix="/v1/ledger", tags=["reconciliation"])

Reader = Annotated[Principal, Depends(require("ledger", "operator"))]
_LARGEST: Final = 2**63 - 1


@router.get("/digests", **describe(answers={200: Digests}))
async def get_digests(
    request: Request,
    _: Reader,
    until: AwareDatetime,
    since: AwareDatetime | None = None,
    recount: bool = False,
) -> Response:
    """Count and digest per hour and bucket, of what was recorded before `until`.

    `recount` counts sealed hours again, too.
    """
    books: Books = request.app.state.books
    first = since or await ledger.first_hour(books.pool)
    return responses.json(200, await digests_of(books.ledger, first, until, recount=recount))


@router.get("/events", **describe(answers={200: LedgerPage}))
async def get_events(
    request: Request,
    _: Reader,
    *,
    window: AwareDatetime,
    bucket: Annotated[int, Query(ge=0, lt=BUCKETS)],
    after: Annotated[int, Query(ge=0, le=_LARGEST)] = 0,
    last: Annotated[int | None, Query(ge=0, le=_LARGEST)] = None,
    limit: Annotated[int, Query(ge=1, le=ledger.PAGE)] = ledger.PAGE,
) -> Response:
    """The events of one hour and bucket, in the order of recording."""
    books: Books = request.app.state.books
    page = await ledger.events_of_cell(
        books.pool, window=hour_of(window), bucket=bucket, after=after, last=last, limit=limit
    )
    return responses.json(200, page)


@router.post("/events:of-persons", **describe(answers={200: SpansPage}, request=Spans))
async def post_events_of_persons(request: Request, _: Reader) -> Response:
    """The events of persons with these sequence numbers, as far as there are any. It changes nothing."""
    books: Books = request.app.state.books
    asked = decode(await request.body(), Spans)
    return responses.json(200, await ledger.events_of_spans(books.pool, asked.spans))


@router.get("/tallies", **describe(answers={200: Tallies}))
async def get_tallies(request: Request, _: Reader, since: date, until: date) -> Response:
    """How many events of each establishment were recorded on each day, `until` included."""
    books: Books = request.app.state.books
    recorded = by_day(await windows_between(books.ledger, *days(since, until)))
    return responses.json(200, Tallies(tallies=tallies_of(recorded=recorded)))
