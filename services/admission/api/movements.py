"""Serves `POST /v1/movements`, which takes one movement per request."""

import codecs
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES, examples
from services.admission.domain.checks import (
    PARTIAL_CHECKS,
    Contradiction,
    contradictions,
    refused_test_numbers,
)
from services.admission.domain.conformance import names_of_doubts, names_of_refusal
from services.admission.domain.details import ALL_IDENTIFIERS, as_sent, detail_of, reported, without
from services.admission.domain.movement import ParsedMovement, StatedMovement
from services.admission.domain.receipt import Accepted, Conflict, Outcome, Receipt
from services.admission.domain.spelling import respelled
from services.admission.domain.unreadable import mended
from services.admission.handlers.accept_movement import accept_movement
from services.admission.handlers.group_commit import NotCommitted
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.telemetry import metrics
from shared.web import responses
from shared.web.charset import as_utf8
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.middleware.fast_path import FastRoutes
from shared.web.problems import FieldError, Problem, service_unavailable

INTAKE_FORMAT = "json"
_NOT_NOW: Final = 503
# Looking a series up by its labels costs more than counting in it.
_requests: Final = lru_cache(maxsize=64)(metrics.intake_requests_total.labels)

PATH = "/v1/movements"

CONFLICTING = "Something else was stored under this source_event_id"
FOREIGN = "The key belongs to another establishment"
UNREADABLE = "The body cannot be read"
UNREADABLE_PART = "holds half a character, or no number"

BYTE_ORDER_MARK: Final = codecs.BOM_UTF8
"""Some editors and export tools begin a text with it; it says nothing."""

router = APIRouter()
_source = Permission("state_movement")
IntakeAccess = Annotated[Principal, Depends(_source)]


@router.post(
    PATH,
    **describe(
        "Accept a movement",
        caller="integrator",
        answers={202: Receipt, 200: Receipt},
        request=StatedMovement,
        examples=examples.MOVEMENTS,
        problems=[409],
    ),
)
async def post_movement(request: Request, source: IntakeAccess) -> Response:
    """Accept one movement.

    202 once it is stored; 200 with the first receipt when it was stored before; 409 with both hashes when
    something else was stored under its `source_event_id`; 503 when nobody can tell: send it again.
    """
    try:
        response = await _accept(request, source)
    except Problem as problem:
        _requests(INTAKE_FORMAT, problem.status_code).inc()
        if problem.status_code != _NOT_NOW:
            names = names_of_refusal(problem.status_code, (error.pointer for error in problem.errors))
            DEPENDENCIES.of(request).tally.note(source.source_id, names)
            DEPENDENCIES.of(request).tally.seen[source.source_id] += 1
        raise
    _requests(INTAKE_FORMAT, response.status_code).inc()
    DEPENDENCIES.of(request).tally.seen[source.source_id] += 1
    return response


async def post_movement_fast(request: Request) -> Response:
    """`post_movement` without the framework's dependencies."""
    return await post_movement(request, await _source(request))


FAST_ROUTES: FastRoutes = {("POST", PATH): post_movement_fast}


def parse_movement(body: bytes, *, accepts_test_numbers: bool = True) -> ParsedMovement:
    """The movement; raises `Problem` 422 with every mistake when one of them concerns what the fact needs."""
    parsed = _parse_tolerantly(body)
    if not accepts_test_numbers:
        refused = [
            FieldError(as_sent(pointer, parsed.ignored), detail)
            for pointer, detail in refused_test_numbers(parsed.movement)
        ]
        if refused:
            raise Problem(422, "Numbers of tests are refused", errors=refused)
    return parsed


def _parse_tolerantly(body: bytes) -> ParsedMovement:
    try:
        return ParsedMovement(_parse_strictly(body), body, ())
    except Problem:
        kept, unreadable = mended(body)
        body, left_out = _respelled(kept)
    errors: list[FieldError] = []
    unread = [FieldError(pointer, UNREADABLE_PART) for pointer in unreadable]
    while True:
        try:
            movement = _parse_strictly(body)
            if not unread:
                return ParsedMovement(movement, kept, reported(left_out) if left_out else ())
            problem = Problem(422, UNREADABLE)
        except Problem as found:
            problem = found
        mistakes = [*unread, *problem.errors]
        errors += [
            FieldError(as_sent(each.pointer, left_out), each.detail)
            for each in mistakes
            if not (left_out and each.pointer == ALL_IDENTIFIERS)  # it is empty because they are wrong
        ]
        mistaken = {detail_of(each.pointer) for each in mistakes}
        details = {each for each in mistaken if each is not None}
        if len(details) < len(mistaken) or not details - set(left_out):
            raise Problem(422, problem.title, detail=problem.problem_detail, errors=errors)
        # Ends: each time, the body becomes smaller.
        body = msgspec.json.encode(without(msgspec.json.decode(body), details))
        left_out += [as_sent(each, left_out) for each in details]
        unread = []


def _respelled(body: bytes) -> tuple[bytes, list[str]]:
    try:
        stated, left_out = respelled(msgspec.json.decode(body))
    except (ValueError, RecursionError):  # it is no JSON, or no text
        return body, []
    return msgspec.json.encode(stated), left_out


def _parse_strictly(body: bytes) -> StatedMovement:
    try:
        movement = decode(body, StatedMovement)
    except Problem as problem:
        raise _with_contradictions(problem, _contradictions_of_parts(body)) from None
    found = contradictions(movement)
    if found:
        raise Problem(422, "The movement contradicts itself", errors=[FieldError(*one) for one in found])
    return movement


def _contradictions_of_parts(body: bytes) -> Iterator[Contradiction]:
    for part, check in PARTIAL_CHECKS:
        try:
            yield from check(msgspec.json.decode(body, type=part))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # what is wrong there is reported already


def _with_contradictions(problem: Problem, found: Iterator[Contradiction]) -> Problem:
    errors = [*problem.errors, *(FieldError(*one) for one in found)]
    return Problem(problem.status_code, problem.title, detail=problem.problem_detail, errors=errors)


async def _accept(request: Request, source: Principal) -> Response:
    dependencies = DEPENDENCIES.of(request)
    if not await dependencies.intake.is_open():
        raise service_unavailable()
    body = as_utf8(await request.body(), request.headers.get("content-type")).removeprefix(BYTE_ORDER_MARK)
    if dependencies.request_commits.is_full:
        raise service_unavailable()
    parsed = parse_movement(body, accepts_test_numbers=dependencies.accepts_test_numbers)
    if not source.may_state(parsed.movement.establishment):
        raise Problem(403, FOREIGN)
    try:
        outcome = await accept_movement(dependencies, parsed, source=source)
    except NotCommitted:
        raise service_unavailable() from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(422, UNREADABLE) from None
    if not isinstance(outcome, Conflict) and outcome.receipt.marks:
        doubts = names_of_doubts(outcome.receipt.marks, outcome.receipt.ignored)
        dependencies.tally.note(source.source_id, doubts)
    return _answer(outcome)


def _answer(outcome: Outcome) -> Response:
    if isinstance(outcome, Conflict):
        hashes = {"stored_sha256": outcome.stored_sha256, "given_sha256": outcome.given_sha256}
        raise Problem(409, CONFLICTING, extensions=hashes)
    return responses.json(202 if isinstance(outcome, Accepted) else 200, outcome.receipt)
