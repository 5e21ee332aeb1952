"""Answers `GET /v1/events/{event_id}/outcome` in every consuming service: what became of an event here.

Admission asks for its receipts.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.spine.inbox.outcome import NOT_APPLIED, AppliedState, applied_state, establishment_of_parked
from shared.spine.service.api import DEPENDENCIES
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import Problem

# No establishment has this name: what names none is for operators of the whole platform.
_NO_ESTABLISHMENT: Final = "none"


class EventOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt shows of a service. A service may add fields that have defaults."""

    state: AppliedState


OutcomeT = TypeVar("OutcomeT", bound=EventOutcome)

AppliedOutcome = Callable[[Any, UUID], Awaitable[tuple[str | None, OutcomeT]]]
"""(dependencies, id of an applied event) -> the establishment that stated it, and what is shown of it."""


def outcome_router(shape: type[OutcomeT], outcome_of_applied: AppliedOutcome[OutcomeT]) -> APIRouter:
    """The route of a service that shows `shape`, and whose dependencies have a `pool`."""
    router = APIRouter()

    @router.get(
        "/v1/events/{event_id}/outcome",
        **describe(
            "Read what became of an event here", caller="integrator", answers={200: shape}, problems=[404]
        ),
    )
    async def get_outcome(
        request: Request,
        event_id: UUID,
        principal: Annotated[Principal, Depends(Permission("read_outcome"))],
    ) -> Response:
        """Whether the event was applied here; 404 for an event that another establishment stated.

        An event that nobody here has seen is pending for anyone who asks: it may be on its way, and saying so
        gives nothing away.
        """
        dependencies = DEPENDENCIES.of(request)
        pool = dependencies.pool
        state = await applied_state(pool, event_id)
        if state == "pending":
            return responses.json(200, shape(state=state))
        if state in NOT_APPLIED:
            stated_by, outcome = await establishment_of_parked(pool, event_id), shape(state=state)
        else:
            stated_by, outcome = await outcome_of_applied(dependencies, event_id)
        if not principal.may_see(stated_by or _NO_ESTABLISHMENT):
            raise Problem(404)
        return responses.json(200, outcome)

    return router
