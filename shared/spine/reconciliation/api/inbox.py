"""Serves `/v1/inbox/{publisher}/...`: what this service holds of what others published."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.spine.reconciliation.comparison.holdings import first_held_hour
from shared.spine.reconciliation.context import RECONCILIATION, ReconciliationContext
from shared.spine.reconciliation.hours.counting import Side
from shared.spine.reconciliation.hours.digests import Digests, digests_of
from shared.spine.reconciliation.hours.sealed_hours import windows_between
from shared.spine.reconciliation.hours.tallies import (
    Tallies,
    count_by_day,
    count_parked_by_day,
    day_bounds,
    tallies_of,
)
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import Problem

router = APIRouter(prefix="/v1/inbox")

Reader = Annotated[Principal, Depends(Permission("read_inbox"))]


@router.get(
    "/{publisher}/digests",
    **describe(
        "Count and digest held events, by hour", caller="peer", answers={200: Digests}, problems=[404]
    ),
)
async def get_held_digests(
    request: Request,
    _: Reader,
    publisher: str,
    until: AwareDatetime,
    since: AwareDatetime | None = None,
    recount: bool = False,
) -> Response:
    """Count and digest per hour and bucket, as the publisher's ledger returns them."""
    side = _side(RECONCILIATION.of(request), publisher)
    first = since or await first_held_hour(side)
    return responses.json(200, await digests_of(side, first, until, recount=recount))


@router.get(
    "/{publisher}/tallies",
    **describe(
        "Count held events, by establishment and day", caller="peer", answers={200: Tallies}, problems=[404]
    ),
)
async def get_held_tallies(request: Request, _: Reader, publisher: str, since: date, until: date) -> Response:
    """What was applied, is parked or was dismissed of what was recorded on each day, `until` included."""
    side = _side(RECONCILIATION.of(request), publisher)
    first, last = day_bounds(since, until)
    applied = count_by_day(await windows_between(side, first, last))
    parked = await count_parked_by_day(side.pool, publisher, first, last)
    return responses.json(200, Tallies(tallies=tallies_of(applied=applied, **parked)))


def _side(context: ReconciliationContext, publisher: str) -> Side:
    if publisher not in context.consumes:
        raise Problem(404)
    return context.inbox_side(publisher)
