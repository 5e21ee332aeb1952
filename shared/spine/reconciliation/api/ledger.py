"""Serves `/v1/ledger/...`: what this service published, for its consumers and for operators."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.spine.reconciliation.context import RECONCILIATION
from shared.spine.reconciliation.hours.digests import Digests, digests_of
from shared.spine.reconciliation.hours.sealed_hours import windows_between
from shared.spine.reconciliation.hours.tallies import Tallies, count_by_day, day_bounds, tallies_of
from shared.spine.reconciliation.hours.windows import BUCKETS, hour_of
from shared.spine.reconciliation.ledger import events
from shared.spine.reconciliation.ledger.pages import LedgerPage, Spans, SpansPage
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode

router = APIRouter(prefix="/v1/ledger")

Reader = Annotated[Principal, Depends(Permission("read_ledger"))]
_MAX_BIGINT: Final = 2**63 - 1


@router.get(
    "/digests", **describe("Count and digest recorded events, by hour", caller="peer", answers={200: Digests})
)
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
    context = RECONCILIATION.of(request)
    first = since or await events.first_recorded_hour(context.pool)
    return responses.json(200, await digests_of(context.ledger_side, first, until, recount=recount))


@router.get(
    "/events", **describe("Read the recorded events of an hour", caller="peer", answers={200: LedgerPage})
)
async def get_events(
    request: Request,
    _: Reader,
    *,
    window: AwareDatetime,
    bucket: Annotated[int, Query(ge=0, lt=BUCKETS)],
    after: Annotated[int, Query(ge=0, le=_MAX_BIGINT)] = 0,
    last: Annotated[int | None, Query(ge=0, le=_MAX_BIGINT)] = None,
    limit: Annotated[int, Query(ge=1, le=events.PAGE)] = events.PAGE,
) -> Response:
    """The events of one hour and bucket, in the order of recording."""
    context = RECONCILIATION.of(request)
    page = await events.events_of_cell(
        context.pool, window=hour_of(window), bucket=bucket, after=after, last=last, limit=limit
    )
    return responses.json(200, page)


@router.post(
    "/events:of-persons",
    **describe("Read the recorded events of persons", caller="peer", answers={200: SpansPage}, request=Spans),
)
async def post_events_of_persons(request: Request, _: Reader) -> Response:
    """The events of persons with these sequence numbers, as far as there are any. It changes nothing."""
    context = RECONCILIATION.of(request)
    asked = decode(await request.body(), Spans)
    return responses.json(200, await events.events_of_spans(context.pool, asked.spans))


@router.get(
    "/tallies",
    **describe("Count recorded events, by establishment and day", caller="peer", answers={200: Tallies}),
)
async def get_tallies(request: Request, _: Reader, since: date, until: date) -> Response:
    """How many events of each establishment were recorded on each day, `until` included."""
    context = RECONCILIATION.of(request)
    recorded = count_by_day(await windows_between(context.ledger_side, *day_bounds(since, until)))
    return responses.json(200, Tallies(tallies=tallies_of(recorded=recorded)))
