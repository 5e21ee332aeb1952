"""Serves `GET /v1/persons/{person_id}/pathway`: what happened to a person, and what should happen next."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.pathway.api import DEPENDENCIES
from services.pathway.domain.further.expectations import state_of as further_state_of
from services.pathway.domain.further.showing import WatchedFurther
from services.pathway.domain.pathway import (
    Closure,
    Expectation,
    FurtherState,
    MovementState,
    State,
    Stay,
    Watched,
)
from services.pathway.domain.showing import WatchedExpectation, state_of, timeline_page
from services.pathway.handlers.read_pathway import read_pathway
from shared.events.envelope import Moment
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.middleware.fast_path import FastRoutes
from shared.web.paging import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Continuation,
    Limit,
    decode_continuation,
    encode_continuation,
)
from shared.web.problems import Problem

PATH = "/v1/persons/{person_id}/pathway"
router = APIRouter()
_reader = Permission("read_pathway")


class ExpectedArrival(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An arrival that a departure leads to expect."""

    expectation_id: UUID
    departure_movement_id: UUID
    from_establishment: str
    to_establishment: str
    departed_at: datetime
    due_at: datetime
    state: State
    """`overdue`: a rupture is open, nobody knows where the person is."""
    arrival_movement_id: UUID | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    """When the person was found elsewhere, or back where the person left."""
    ended_by_movement_id: UUID | None = None
    closure: Closure | None = None
    """Who said that nobody needs to wait any more, and why; movements may have shown better since."""
    deadline_unknown: bool = False
    """The departure names a time at which nobody can be expected, so the default is watched."""


class FurtherExpected(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something else that should follow within a stay."""

    expectation_id: UUID
    kind: str
    """`return`: the person is on leave and expected back. More may come."""
    movement_id: UUID
    stay_id: UUID
    establishment: str
    since: datetime
    due_at: datetime
    state: FurtherState
    ended_at: datetime | None = None
    ended_by_movement_id: UUID | None = None
    closure: Closure | None = None
    """Who said that nobody needs to wait any more, and why; movements may have shown better since."""


class PathwayPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a person's pathway."""

    person_id: UUID
    movements: tuple[MovementState, ...]
    """Newest first, by the time at which they happened; cancelled ones are shown as such."""
    stays: tuple[Stay, ...] | None = None
    """The stays, oldest first, on the first page only."""
    expectations: tuple[ExpectedArrival, ...] | None = None
    """The expectations in order of departure, without withdrawn ones, on the first page only."""
    further_expectations: tuple[FurtherExpected, ...] | None = None
    """What else is expected, such as a return; on the first page only, and only where there is any."""
    continuation: str | None = None
    """Gives the next page; `None` on the last one."""


@router.get(
    PATH, **describe("Read a person's pathway", caller="reader", answers={200: PathwayPage}, problems=[404])
)
async def get_pathway(
    request: Request,
    person_id: UUID,
    principal: Annotated[Principal, Depends(_reader)],
    limit: Limit = DEFAULT_LIMIT,
    continuation: Continuation = None,
) -> Response:
    """A person's timeline, as far as the caller's establishments may see it: the stays that they stated, and
    what a relation shows of others'. A transfer shows each end the stay of the other one that names it, until
    30 days after the arrival. What may not be seen looks like what does not exist. Of a person who was merged
    into another, ask by the id of the one who remains: `GET /v1/persons` of admission gives it for either
    number."""
    dependencies = DEPENDENCIES.of(request)
    before = decode_continuation(continuation, _KEY) if continuation is not None else None
    found = await read_pathway(dependencies, person_id, principal=principal)
    if found is None:
        raise Problem(404)
    page = timeline_page(found.movements, before=before, limit=limit)
    body = PathwayPage(
        person_id=person_id,
        movements=page.movements,
        stays=tuple(found.stays) if before is None else None,
        expectations=_expected(found.expectations) if before is None else None,
        further_expectations=_further(found.further) if before is None and found.further else None,
        continuation=encode_continuation(page.next_before) if page.next_before else None,
    )
    return responses.json(200, body)


async def get_first_page_fast(request: Request) -> Response | None:
    """`get_pathway` without the framework's dependencies; `None` for a query of more than `limit`."""
    plain = _PLAIN.fullmatch(request.scope["query_string"])
    limit = int(plain[1] or DEFAULT_LIMIT) if plain else 0
    try:
        person_id = UUID(request.path_params["person_id"])
    except ValueError:
        return None
    if not 1 <= limit <= MAX_LIMIT:
        return None
    return await get_pathway(request, person_id, await _reader(request), limit)


FAST_ROUTES: FastRoutes = {("GET", PATH): get_first_page_fast}
_PLAIN: Final = re.compile(rb"(?:limit=([0-9]{1,3}))?")
_KEY: Final = tuple[Moment, int, UUID]


def _expected(expectations: Sequence[WatchedExpectation]) -> tuple[ExpectedArrival, ...]:
    return tuple(_expected_arrival(expectation, watched) for expectation, watched in expectations)


def _further(expectations: Sequence[WatchedFurther]) -> tuple[FurtherExpected, ...]:
    return tuple(
        FurtherExpected(
            expectation_id=each.expectation_id,
            kind=each.kind,
            movement_id=each.movement_id,
            stay_id=each.stay_id,
            establishment=each.establishment,
            since=each.since,
            due_at=each.due_at,
            state=further_state_of(each, overdue=watched.overdue, closed=watched.closure is not None),
            ended_at=each.ended_at,
            ended_by_movement_id=each.ended_by_movement_id,
            closure=watched.closure,
        )
        for each, watched in expectations
    )


def _expected_arrival(expectation: Expectation, watched: Watched) -> ExpectedArrival:
    return ExpectedArrival(
        expectation_id=expectation.expectation_id,
        departure_movement_id=expectation.departure_movement_id,
        from_establishment=expectation.from_establishment,
        to_establishment=expectation.to_establishment,
        departed_at=expectation.departed_at,
        due_at=expectation.due_at,
        state=state_of(expectation, overdue=watched.overdue, closed=watched.closure is not None),
        arrival_movement_id=expectation.arrival_movement_id,
        arrived_at=expectation.arrived_at,
        ended_at=expectation.ended_at,
        ended_by_movement_id=expectation.ended_by_movement_id,
        closure=watched.closure,
        deadline_unknown=expectation.deadline_unknown,
    )
