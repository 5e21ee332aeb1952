"""Answers `GET /v1/events/{event_id}/outcome` in every consuming service: what became of an event here.

Admission asks for its receipts.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from shared.security.audit.access import note
from shared.security.authentication import Permission
from shared.security.policy.decide import decide
from shared.security.principal import Principal
from shared.spine.inbox.outcome import (
    NOT_APPLIED,
    AppliedState,
    applied_state,
    establishment_of_parked,
)
from shared.spine.service.api import DEPENDENCIES
from shared.spine.service.outcomes import add_outcomes
from shared.stays.relations import stated_by as relation_of
from shared.web import responses
from shared.web.contract import describe


class EventOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt shows of a service. A service may add fields that have defaults."""

    state: AppliedState
    problem: str | msgspec.UnsetType = msgspec.UNSET
    """What is wrong with an event that is parked, or was and is dismissed."""


OutcomeT = TypeVar("OutcomeT", bound=EventOutcome)

AppliedOutcome = Callable[[Any, UUID], Awaitable[tuple[str | None, OutcomeT]]]
"""(dependencies, id of an applied event) -> the establishment that stated it, and what is shown of it."""


def outcome_router(shape: type[OutcomeT], outcome_of_applied: AppliedOutcome[OutcomeT]) -> APIRouter:
    """The routes of a service that shows `shape`, and whose dependencies have a `pool`."""
    router = APIRouter()

    @router.get(
        "/v1/events/{event_id}/outcome",
        **describe("Read what became of an event here", caller="integrator", answers={200: shape}),
    )
    async def get_outcome(
        request: Request,
        event_id: UUID,
        principal: Annotated[Principal, Depends(Permission("read_outcome"))],
    ) -> Response:
        """Whether the event was applied here.

        An event that another establishment stated is pending, as is one that nobody here has seen: it may be
        on its way, and saying so gives nothing away.
        """
        dependencies = DEPENDENCIES.of(request)
        pool = dependencies.pool
        found = await applied_state(pool, event_id)
        if found.state in NOT_APPLIED:
            stated_by = await establishment_of_parked(pool, event_id)
            outcome = shape(state=found.state, problem=found.problem)
        else:  # looked for even if nobody here has seen it: that takes its time, too
            stated_by, outcome = await outcome_of_applied(dependencies, event_id)
        own = relation_of({stated_by} if stated_by else set())
        if found.state == "pending" or not decide(principal, "read_outcome", [own]).allowed:
            note(why="unrelated")
            outcome = shape(state="pending")
        return responses.json(200, outcome)

    add_outcomes(router, shape, outcome_of_applied)
    return router
