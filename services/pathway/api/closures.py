"""Serves `POST /v1/persons/{person_id}/expectations/{expectation_id}/closure`: somebody knows better."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from services.pathway.api import DEPENDENCIES
from services.pathway.domain.pathway import Closure
from services.pathway.handlers.close_expectation import EndedAlready, close_expectation
from shared.database.transaction import transaction
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode, uuid_in_path
from shared.web.problems import Problem

_EXAMPLES: Final = {"By telephone": {"author": "Night nurse", "reason": "The family took the person home."}}

router = APIRouter()


class CloseExpectation(Struct, frozen=True, kw_only=True):
    """A person's word that nobody needs to wait any more."""

    author: Annotated[str, Meta(min_length=1, max_length=200)]
    """Who says so, in the caller's own terms; the key that says it is recorded with it."""
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    """Why. Both establishments read it: no name of the person, nothing medical."""


@router.post(
    "/v1/persons/{person_id}/expectations/{expectation_id}/closure",
    **describe(
        "Close an expectation",
        caller="integrator",
        request=CloseExpectation,
        examples=_EXAMPLES,
        answers={200: Closure},
        problems=[404, 409],
    ),
)
async def close(
    person_id: str,
    expectation_id: str,
    request: Request,
    principal: Annotated[Principal, Depends(Permission("close_expectation"))],
) -> Response:
    """An arrival is not waited for any more, and an open rupture is closed; both establishments are told.
    Nor is a return, a planned admission, a planned transfer or a planned discharge, of
    `further_expectations`, which is `ended` then.

    For the establishment that the person left, the one that expected the person, or the one in whose stay
    something else is expected, and operators. What movements show later comes before it. Closed before, the
    first closure is the answer. 409 when it ended otherwise.
    """
    dependencies = DEPENDENCIES.of(request)
    said = decode(await request.body(), CloseExpectation)
    person, expectation = uuid_in_path(person_id), uuid_in_path(expectation_id)
    try:
        async with transaction(dependencies.pool) as connection:
            closure = await close_expectation(
                dependencies,
                connection,
                person,
                expectation,
                principal=principal,
                author=said.author,
                reason=said.reason,
            )
    except EndedAlready as ended:
        raise Problem(409, "The expectation has ended", detail=f"It is {ended.state}.") from None
    if closure is None:
        raise Problem(404)
    return responses.json(200, closure)
