"""Serves `POST /v1/sandbox`, which says what would become of what is sent, and stores nothing of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES, examples
from services.admission.api.batch_lines import MOST_REFUSED_LINES, Line
from services.admission.api.batches import place_of_batch
from services.admission.api.hl7v2.messages import charset_of
from services.admission.api.movements import BYTE_ORDER_MARK
from services.admission.api.sandbox.lines import try_line
from services.admission.api.sandbox.messages import try_message
from services.admission.api.sandbox.shapes import Format, SandboxAnswer, Tried
from services.admission.domain.adt.reading import Command
from services.admission.domain.hl7v2.batch import messages_of
from services.admission.domain.identities.statement import Action
from services.admission.domain.movement import StatedMovement
from services.admission.handlers.dependencies import Dependencies
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.charset import as_utf8
from shared.web.contract import describe
from shared.web.middleware.places import place_of
from shared.web.problems import FieldError, Problem

PATH: Final = "/v1/sandbox"
LIMIT_BYTES: Final = 1024 * 1024
MOST_TRIED: Final = 500
COMMANDS: Final[tuple[Command, ...]] = ("movement", *get_args(Action))

router = APIRouter()
Sender = Annotated[Principal, Depends(Permission("try_statement"))]
Try = Callable[[Any], Awaitable[Tried]]


@router.post(
    PATH,
    **describe(
        "Try what you would send",
        caller="integrator",
        answers={200: SandboxAnswer},
        request=StatedMovement,
        examples=examples.MOVEMENTS,
    ),
)
async def try_statements(
    request: Request,
    source: Sender,
    command: Annotated[str, Query(description="What JSON states: `movement`, or `merge`, `move`, ...")] = (
        "movement"
    ),
) -> Response:
    """Say what would become of it: the events, every problem with its place, and what is missing for an
    arrival to be watched or a carer to be told. Nothing of it is stored: no event, no receipt, no content.

    Takes what the doors take, read by the same functions and under the source's dialect: JSON
    (`application/json`; with `command` a statement about identities), many lines of it
    (`application/x-ndjson`), or HL7 v2, one message or a batch (any other type, or what does not begin with
    a brace). Up to 500 lines or messages and 1 MB; after 100 refused ones the rest is left unread.
    """
    dependencies = DEPENDENCIES.of(request)
    if command not in COMMANDS:
        error = FieldError("/query/command", f"expected one of {', '.join(COMMANDS)}")
        raise Problem(422, "The request is not valid", errors=[error])
    with place_of_batch(dependencies, source):
        body = await request.body()
        format_ = format_of(request.headers.get("content-type", ""), body)
        answer = await _try(dependencies, request, body, format_, command, source=source)
    place = place_of(request.scope)
    if place is not None:
        place.count_refused(sum(each.verdict == "refused" for each in answer.tried))
    return responses.json(200, answer, headers={"cache-control": "no-store"})


def format_of(content_type: str, body: bytes) -> Format:
    """What the body is: as its type says or, where that says nothing of it, as it begins."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in {"application/x-ndjson", "application/jsonl"}:
        return "ndjson"
    if media_type.endswith("json") or body.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"{"):
        return "json"
    return "hl7v2"


async def _try(
    dependencies: Dependencies,
    request: Request,
    body: bytes,
    format_: Format,
    command: Command,
    *,
    source: Principal,
) -> SandboxAnswer:
    if format_ == "hl7v2":
        charset = charset_of(request)
        messages = list(enumerate(islice(messages_of(body), MOST_TRIED + 1), 1))
        return await _each(
            format_,
            messages,
            lambda each: try_message(dependencies, each[0], each[1], charset=charset, source=source),
        )
    text = as_utf8(body, request.headers.get("content-type"))
    parts = text.split(b"\n") if format_ == "ndjson" else [text]
    lines = [Line(number, part.removeprefix(BYTE_ORDER_MARK)) for number, part in enumerate(parts, 1)]
    given = lines if format_ == "json" else [line for line in lines if line.body.strip()]
    return await _each(format_, given, lambda line: try_line(dependencies, line, command, source=source))


async def _each(format_: Format, parts: Sequence[Any], attempt: Try) -> SandboxAnswer:
    if len(parts) > MOST_TRIED:
        raise Problem(413, "Too many lines or messages")
    tried: list[Tried] = []
    refused = 0
    for part in parts:
        tried.append(await attempt(part))
        refused += tried[-1].verdict == "refused"
        if refused == MOST_REFUSED_LINES:
            break
        await asyncio.sleep(0)  # to read one may take long, and others wait
    return SandboxAnswer(format=format_, tried=tuple(tried), left_unread=len(parts) - len(tried))
