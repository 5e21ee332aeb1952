"""Parses the lines of a batch and answers them, each as a movement that comes alone would be answered."""

from typing import NamedTuple

import msgspec
from msgspec import Struct

from services.admission.api.movements import CONFLICTING, FOREIGN, UNREADABLE, parse_movement
from services.admission.domain.movement import ParsedMovement
from services.admission.domain.receipt import Accepted, Conflict, Receipt, Repeated
from services.admission.handlers.accept_batch import Answer
from services.admission.handlers.group_commit import NotCommitted
from shared.security.principal import Principal
from shared.telemetry import logging, metrics
from shared.web.contract import ProblemDetails
from shared.web.middleware.body_limit import LIMIT_BYTES
from shared.web.problems import Problem

MOST_REFUSED_LINES = 100
"""So many may be wrong in one batch; the rest of it is left unread then."""

_log = logging.get_logger()


class LineProblem(ProblemDetails, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with a line; the hashes where something else was stored under its id."""

    stored_sha256: str | None = None
    given_sha256: str | None = None


class LineAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to one line: a receipt (202 new, 200 stored before) or a problem."""

    line: int
    """Counted from 1; empty lines count and are not answered."""
    up_to_line: int | None = None
    """The last one for which this stands, where it stands for several: those that were not read."""
    status: int
    receipt: Receipt | None = None
    problem: LineProblem | None = None


class Patience:
    """How many lines of a batch may still be wrong before the rest of it is left unread."""

    def __init__(self) -> None:
        self._left = MOST_REFUSED_LINES

    @property
    def is_left(self) -> bool:
        """Whether another line is read."""
        return self._left > 0

    @property
    def used(self) -> int:
        """How many were wrong."""
        return MOST_REFUSED_LINES - self._left

    def note(self, parsed: ParsedMovement | Problem) -> None:
        """Count a line that is refused."""
        self._left -= isinstance(parsed, Problem)


class Line(NamedTuple):
    """A line that is not empty."""

    number: int
    body: bytes


def parse_line(
    line: Line, *, source: Principal, accepts_test_numbers: bool = True
) -> ParsedMovement | Problem:
    """The movement on a line, or the problem for which it is refused."""
    if len(line.body) > LIMIT_BYTES:
        return Problem(413)
    try:
        parsed = parse_movement(line.body, accepts_test_numbers=accepts_test_numbers)
    except Problem as problem:
        return problem
    if not source.may_state(parsed.movement.establishment):
        return Problem(403, FOREIGN)
    return parsed


def unread_lines(first: Line, last: Line) -> LineAnswer:
    """The one answer for all lines that were left unread because too many before them were wrong."""
    detail = (
        f"{MOST_REFUSED_LINES} lines were refused. These were not read: correct those, then send all again."
    )
    problem = _line_problem(Problem(422, "Too many lines are wrong", detail=detail), {})
    return LineAnswer(line=first.number, up_to_line=last.number, status=422, problem=problem)


def answer_line(line: Line, answer: Answer | Problem) -> LineAnswer:
    """The answer that the sender reads; an error of ours is logged."""
    match answer:
        case Accepted(receipt):
            return LineAnswer(line=line.number, status=202, receipt=receipt)
        case Repeated(receipt):
            return LineAnswer(line=line.number, status=200, receipt=receipt)
        case Conflict(stored_sha256, given_sha256):
            problem = Problem(409, CONFLICTING)
            hashes = {"stored_sha256": stored_sha256, "given_sha256": given_sha256}
        case Problem():
            problem, hashes = answer, {}
        case NotCommitted():
            problem, hashes = Problem(503), {}
        case msgspec.DecodeError() | UnicodeDecodeError() | RecursionError():
            problem, hashes = Problem(422, UNREADABLE), {}
        case error:
            metrics.http_errors_total.labels(type(error).__name__).inc()
            _log.error("request_failed", status=500, exc_info=error)
            problem, hashes = Problem(500), {}
    return LineAnswer(line=line.number, status=problem.status_code, problem=_line_problem(problem, hashes))


def _line_problem(problem: Problem, hashes: dict[str, str]) -> LineProblem:
    return LineProblem(
        type="about:blank",
        title=problem.title,
        status=problem.status_code,
        detail=problem.problem_detail,
        errors=list(problem.errors),
        **hashes,
    )
