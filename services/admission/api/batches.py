"""Serves `POST /v1/movements:batch`, which takes many movements at once, one on each line (NDJSON).

Lines are committed a thousand at a time, and each group is answered after its commit. When one cannot
be committed, the rest is not tried: the database is unreachable, and the sender must retry in any case.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from itertools import repeat
from typing import Final

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES, examples
from services.admission.api.batch_lines import (
    Line,
    LineAnswer,
    Patience,
    answer_line,
    parse_line,
    unread_lines,
)
from services.admission.api.movements import BYTE_ORDER_MARK, IntakeAccess
from services.admission.domain.conformance import names_of_doubts, names_of_refusal
from services.admission.domain.movement import ParsedMovement, StatedMovement
from services.admission.handlers.accept_batch import (
    YIELD_EVERY,
    Prepared,
    accept_batch,
    prepare_batch,
)
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import NotCommitted
from shared.runtime.failures import TRANSIENT
from shared.security.principal import Principal
from shared.telemetry import metrics
from shared.web.charset import as_utf8
from shared.web.contract import NDJSON, Lines, describe
from shared.web.middleware.places import place_of
from shared.web.problems import Problem, service_unavailable
from shared.web.responses import TimeLimitedStream

INTAKE_FORMAT: Final = "ndjson"
PATH: Final = "/v1/movements:batch"

LIMIT_BYTES: Final = 8 * 1024 * 1024
LIMIT_LINES: Final = 10_000
LINES_PER_COMMIT: Final = 1000
READING_SECONDS: Final = 60.0
_NOT_COMMITTED: Final = 503

router = APIRouter()
_encoder: Final = msgspec.json.Encoder()

Answers = AsyncGenerator[list[LineAnswer], None]
PreparedLine = tuple[Line, Prepared | Problem]


@router.post(
    PATH,
    **describe(
        "Accept many movements",
        caller="integrator",
        answers={200: Lines(LineAnswer)},
        request=Lines(StatedMovement),
        examples=examples.BATCHES,
    ),
)
async def post_movements(request: Request, source: IntakeAccess) -> Response:
    """Accept many movements; the answer says of each line what `POST /v1/movements` would have said.

    A line that is refused leaves the others alone, and a byte order mark before one is no part of it. Lines
    with 503 must be sent again, which is safe for all of them. After 100 refused lines the rest is not read:
    the last answer stands for all of it, from its `line` to its `up_to_line`. The whole is refused, and
    nothing of it stored, with 413 when it has more than 10,000 lines or 8 MB, and with 503 when no line has
    another answer.
    """
    answers = _answer_lines(request, source)
    try:
        first: list[LineAnswer] = await anext(answers, [])
    except Problem as problem:
        metrics.intake_requests_total.labels(INTAKE_FORMAT, problem.status_code).inc()
        raise
    if first and all(answer.status == _NOT_COMMITTED for answer in first):
        await answers.aclose()
        raise service_unavailable()
    return TimeLimitedStream(_encode_answers(first, answers), media_type=NDJSON)


async def _answer_lines(request: Request, source: Principal) -> Answers:
    """The lines' answers, in order, as each group is committed; never an empty list."""
    dependencies = DEPENDENCIES.of(request)
    with place_of_batch(dependencies, source):
        unread = deque(await _read_lines(request))
        is_tried, patience = True, Patience()
        following = await _prepare_lines(dependencies, unread, source, patience)
        while following:
            is_tried = is_tried and await _takes_movements(dependencies)
            # While the database works on one group, the next one is read.
            answers, following = await asyncio.gather(
                _commit_lines(dependencies, following, is_tried=is_tried),
                _prepare_lines(dependencies, unread, source, patience),
            )
            is_tried = all(answer.status != _NOT_COMMITTED for answer in answers)
            for status, count in Counter(answer.status for answer in answers).items():
                metrics.intake_requests_total.labels(INTAKE_FORMAT, status).inc(count)
            _count(dependencies, answers, source)
            yield answers
        place = place_of(request.scope)
        if place is not None:
            place.count_refused(patience.used)
        if unread:
            yield [unread_lines(unread[0], unread[-1])]


def _count(dependencies: Dependencies, answers: Sequence[LineAnswer], source: Principal) -> None:
    """Count what was wrong with the lines, by names that hold nothing of them."""
    for answer in answers:
        if answer.status == _NOT_COMMITTED:
            continue
        dependencies.tally.seen[source.source_id] += 1
        if answer.problem is not None:
            pointers = (error.pointer for error in answer.problem.errors)
            dependencies.tally.note(source.source_id, names_of_refusal(answer.status, pointers))
        elif answer.receipt is not None and answer.receipt.marks:
            doubts = names_of_doubts(answer.receipt.marks, answer.receipt.ignored)
            dependencies.tally.note(source.source_id, doubts)


@contextmanager
def place_of_batch(dependencies: Dependencies, source: Principal) -> Iterator[None]:
    """Hold one of the places of batches; raises `Problem` 503 when none is free for the source."""
    if not dependencies.batch_places.take(source.source_id):
        raise service_unavailable()
    try:
        yield
    finally:
        dependencies.batch_places.give_back(source.source_id)


async def _takes_movements(dependencies: Dependencies) -> bool:
    try:
        return await dependencies.intake.is_open()
    except TRANSIENT:  # what was committed before is answered all the same
        return False


async def _read_lines(request: Request) -> list[Line]:
    body = bytearray()
    count = 0
    try:
        async with asyncio.timeout(READING_SECONDS):
            async for part in request.stream():
                body += part
                count += part.count(b"\n")
                if count > LIMIT_LINES:
                    raise _too_many_lines()
    except TimeoutError:
        raise Problem(408, headers={"connection": "close"}) from None
    if count == LIMIT_LINES and not body.endswith(b"\n"):
        raise _too_many_lines()  # the last line needs no end
    read = as_utf8(bytes(body), request.headers.get("content-type"))
    split = [line.removeprefix(BYTE_ORDER_MARK) for line in read.split(b"\n")]
    return [Line(number, line) for number, line in enumerate(split, 1) if line.strip()]


def _too_many_lines() -> Problem:
    return Problem(413, "Too many lines", headers={"connection": "close"})


async def _prepare_lines(
    dependencies: Dependencies, unread: deque[Line], source: Principal, patience: Patience
) -> list[PreparedLine]:
    """The next group; none when there are no more lines or too many were wrong."""
    group: list[Line] = []
    stated: list[ParsedMovement | Problem] = []
    while unread and patience.is_left and len(group) < LINES_PER_COMMIT:
        line = unread.popleft()
        group.append(line)
        parsed = parse_line(line, source=source, accepts_test_numbers=dependencies.accepts_test_numbers)
        stated.append(parsed)
        patience.note(parsed)
        # Saying what is wrong with a line takes as long as a hundred good ones.
        if isinstance(parsed, Problem) or len(stated) % YIELD_EVERY == 0:
            await asyncio.sleep(0)
    good = [one for one in stated if not isinstance(one, Problem)]
    prepared: Iterator[Prepared]
    try:
        prepared = iter(await prepare_batch(dependencies, good, source=source) if good else [])
    except TRANSIENT:
        prepared = repeat(NotCommitted())
    return [
        (line, one if isinstance(one, Problem) else next(prepared))
        for line, one in zip(group, stated, strict=True)
    ]


async def _commit_lines(
    dependencies: Dependencies, group: Sequence[PreparedLine], *, is_tried: bool
) -> list[LineAnswer]:
    if not is_tried:
        return [answer_line(line, NotCommitted()) for line, _ in group]
    good = [one for _, one in group if not isinstance(one, Problem)]
    async with dependencies.batch_turns:
        became = iter(await accept_batch(dependencies, good) if good else [])
    return [answer_line(line, one if isinstance(one, Problem) else next(became)) for line, one in group]


async def _encode_answers(first: list[LineAnswer], answers: Answers) -> AsyncGenerator[bytes, None]:
    async with aclosing(answers):
        yield _encoder.encode_lines(first)
        async for more in answers:
            yield _encoder.encode_lines(more)
