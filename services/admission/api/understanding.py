"""What does the body of a movement say? A movement, or all that is wrong with it at once."""

from collections.abc import Iterator

import msgspec

from services.admission.domain.coherence import PARTS, Incoherence, incoherences
from services.admission.domain.movement import StatedMovement
from shared.web.decoding import decode
from shared.web.problems import FieldError, Problem


def understood(body: bytes) -> StatedMovement:
    """The movement; raises `Problem` 422 with every mistake in its fields and between them."""
    try:
        movement = decode(body, StatedMovement)
    except Problem as problem:
        raise _with(problem, _incoherences_of_parts(body)) from None
    found = incoherences(movement)
    if found:
        raise Problem(422, "The movement contradicts itself", errors=[FieldError(*one) for one in found])
    return movement


def _incoherences_of_parts(body: bytes) -> Iterator[Incoherence]:
    for part, rule in PARTS:
        try:
            yield from rule(msgspec.json.decode(body, type=part))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # what is wrong there has been said


def _with(problem: Problem, found: Iterator[Incoherence]) -> Problem:
    errors = [*problem.errors, *(FieldError(*one) for one in found)]
    return Problem(problem.status_code, problem.title, detail=problem.problem_detail, errors=errors)
