"""Serves `POST /v1/identities/...`: which numbers are one person's, and whose a stay is."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.identities import examples
from services.admission.api.movements import CONFLICTING, FOREIGN, UNREADABLE
from services.admission.domain.identities.statement import (
    Action,
    IdentityReceipt,
    MoveStatement,
    NumberChange,
    NumberDeletion,
    PairStatement,
    Statement,
    StayDeletion,
    TraitsStatement,
    mistakes,
)
from services.admission.handlers.identities.state_identity import StatementConflict, state_identity
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.charset import as_utf8
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.problems import FieldError, Problem, service_unavailable

router = APIRouter()
Sender = Annotated[Principal, Depends(Permission("state_identity"))]


def _described(summary: str, request: type[Statement]) -> dict[str, Any]:
    return describe(
        summary,
        caller="integrator",
        answers={202: IdentityReceipt, 200: IdentityReceipt},
        request=request,
        examples=examples.OF[request],
        problems=[409],
    )


@router.post("/v1/identities/merge", **_described("Merge two numbers' persons", PairStatement))
async def merge_identities(request: Request, source: Sender) -> Response:
    """Two numbers of the establishment's own are one person's (A40): stays, circles and messages follow.

    Here as below: 202 once it is stored and carried out, 200 with the first receipt when it was before, 409
    when something else was stored under its `source_event_id`. Statements about numbers may come before
    the movements of those numbers, and in any order: of two about the same two, the one emitted later counts.
    """
    return await _take(request, source, "merge", PairStatement)


@router.post("/v1/identities/unmerge", **_described("Undo a merge", PairStatement))
async def unmerge_identities(request: Request, source: Sender) -> Response:
    """The two are not one person: everything goes back to whom it was stated of."""
    return await _take(request, source, "unmerge", PairStatement)


@router.post("/v1/identities/link", **_described("Link two numbers' persons", PairStatement))
async def link_identities(request: Request, source: Sender) -> Response:
    """Both numbers stay in use and mean one person (A24)."""
    return await _take(request, source, "link", PairStatement)


@router.post("/v1/identities/unlink", **_described("Undo a link", PairStatement))
async def unlink_identities(request: Request, source: Sender) -> Response:
    """The two are not one person (A37)."""
    return await _take(request, source, "unlink", PairStatement)


@router.post("/v1/identities/move", **_described("Move stays to the right person", MoveStatement))
async def move_stays(request: Request, source: Sender) -> Response:
    """Stays or single movements are another person's (A43 to A45); who was told otherwise is told so.

    Where a stay or movement that it names is not there yet, the receipt is marked `not_stated_yet`: it is
    moved when it comes, unless it was emitted after the move and names the former person all the same.
    """
    return await _take(request, source, "move", MoveStatement)


@router.post("/v1/identities/delete-stay", **_described("Delete stays that never were", StayDeletion))
async def delete_stays(request: Request, source: Sender) -> Response:
    """Every movement, leave and plan of these stays that was emitted until then is cancelled, whether it is
    there or comes later (A23); who was told of it is told so. What is emitted later under such a number
    holds. Where nothing of a stay is there yet, the receipt is marked `not_stated_yet`.
    """
    return await _take(request, source, "delete_stay", StayDeletion)


@router.post("/v1/identities/change-number", **_described("Change a person's number", NumberChange))
async def change_number(request: Request, source: Sender) -> Response:
    """The person has another number (A46 to A51), and the former one means nobody any more. When the new
    number is another person's, who had it before the change or has other traits, nothing changes and the
    receipt is marked `identity_conflict`; else the two are one person, until they are unmerged."""
    return await _take(request, source, "change_number", NumberChange)


@router.post("/v1/identities/delete-number", **_described("Delete a number", NumberDeletion))
async def delete_number(request: Request, source: Sender) -> Response:
    """The number means nobody any more (A47 with an empty one); what was stated by it stays."""
    return await _take(request, source, "delete_number", NumberDeletion)


@router.post("/v1/identities/traits", **_described("State a person without a movement", TraitsStatement))
async def state_person(request: Request, source: Sender) -> Response:
    """Whom numbers mean, and the traits of that person (A28, A31). A movement that comes later with one of
    the numbers is that person's; own numbers of several persons are marked `identity_conflict`."""
    return await _take(request, source, "traits", TraitsStatement)


def parse_statement(body: bytes, type_: type[Statement], *, accepts_test_numbers: bool) -> Statement:
    """The statement; raises `Problem` 422 with every mistake."""
    statement = decode(body, type_)
    found = list(mistakes(statement, accepts_test_numbers=accepts_test_numbers))
    if found:
        raise Problem(422, "The statement contradicts itself", errors=[FieldError(*one) for one in found])
    return statement


async def _take(request: Request, source: Principal, action: Action, type_: type[Statement]) -> Response:
    dependencies = DEPENDENCIES.of(request)
    if not await dependencies.intake.is_open():
        raise service_unavailable()
    body = as_utf8(await request.body(), request.headers.get("content-type"))
    statement = parse_statement(body, type_, accepts_test_numbers=dependencies.accepts_test_numbers)
    if not source.may_state(statement.establishment):
        raise Problem(403, FOREIGN)
    try:
        outcome = await state_identity(dependencies, action, statement, body=body, source=source)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(422, UNREADABLE) from None
    if isinstance(outcome, StatementConflict):
        hashes = {"stored_sha256": outcome.stored_sha256, "given_sha256": outcome.given_sha256}
        raise Problem(409, CONFLICTING, extensions=hashes)
    return responses.json(200 if outcome.is_repeated else 202, outcome.receipt)
