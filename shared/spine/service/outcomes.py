"""Answers `POST /v1/events/outcomes` in every consuming service: what became of many events at once.

Admission asks, for the callbacks to its senders.
"""

from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.spine.inbox.outcome import applied_states
from shared.spine.service.api import DEPENDENCIES
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode

MOST_AT_ONCE: Final = 100


class AskedEvents(msgspec.Struct, frozen=True, kw_only=True):
    """The events of whose outcomes admission tells their senders."""

    event_ids: Annotated[tuple[UUID, ...], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]


def add_outcomes(router: APIRouter, shape: Any, outcome_of_applied: Any) -> None:
    """Add the route beside that of one event; `shape` and `outcome_of_applied` are its own."""
    shown = msgspec.defstruct(
        "EventOutcomes",
        [("outcomes", dict[UUID, shape])],
        namespace={"__doc__": "What became of each event, by its id."},
    )
    description = describe(
        "Read what became of several events", caller="peer", answers={200: shown}, request=AskedEvents
    )

    @router.post("/v1/events/outcomes", **description)
    async def get_outcomes(
        request: Request, _service: Annotated[Principal, Depends(Permission("read_outcomes"))]
    ) -> Response:
        """What a receipt shows of each of up to 100 events, whoever stated them."""
        dependencies, asked = DEPENDENCIES.of(request), decode(await request.body(), AskedEvents)
        outcomes = {}
        for event_id, found in (await applied_states(dependencies.pool, asked.event_ids)).items():
            if found.state == "applied":
                _, outcomes[event_id] = await outcome_of_applied(dependencies, event_id)
            else:
                outcomes[event_id] = shape(state=found.state, problem=found.problem)
        return responses.json(200, shown(outcomes))
