"""Serves `/v1/hl7v2/quarantine`: messages that were refused, to be taken once their dialect is right."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Request
from msgspec import Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.hl7v2.door import take_message
from services.admission.domain.hl7v2.acknowledgement import Verdict
from services.admission.handlers.hl7v2.quarantine import list_refused, refused_message, settle_refused
from services.admission.handlers.hl7v2.senders import sender_of
from services.admission.storage.access import FIRST, ListKey
from services.admission.storage.hl7v2.quarantine import QuarantinedMessage
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import uuid_in_path
from shared.web.paging import DEFAULT_LIMIT, Continuation, Limit, decode_continuation, split_page
from shared.web.problems import Problem

PATH = "/v1/hl7v2/quarantine"

router = APIRouter()
Lister = Annotated[Principal, Depends(Permission("list_quarantined"))]
Settler = Annotated[Principal, Depends(Permission("settle_quarantined"))]


_ANSWERS: Final[dict[Verdict, Literal["AA", "AE", "AR"]]] = {"A": "AA", "E": "AE", "R": "AR"}


class QuarantinePage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the messages, oldest first."""

    messages: tuple[QuarantinedMessage, ...]
    continuation: str | None = None
    """Gives the next page; `None` on the last one."""


class AppliedMessage(Struct, frozen=True, kw_only=True):
    """What would be answered to the message now."""

    answer: Literal["AA", "AE", "AR"]
    findings: tuple[str, ...]


@router.get(PATH, **describe("List refused messages", caller="operator", answers={200: QuarantinePage}))
async def show_quarantine(
    request: Request,
    operator: Lister,
    state: Literal["open", "applied", "dismissed"] = "open",
    limit: Limit = DEFAULT_LIMIT,
    continuation: Continuation = None,
) -> Response:
    """Messages of HL7 v2 that were refused in the last 30 days and could be taken after a change of their
    source's dialect, with what was answered; never their content."""
    after = FIRST if continuation is None else decode_continuation(continuation, ListKey)
    found = await list_refused(
        DEPENDENCIES.of(request), state, operator=operator, after=after, limit=limit + 1
    )
    page, following = split_page(found, limit, _place)
    return responses.json(200, QuarantinePage(messages=page, continuation=following))


@router.post(
    PATH + "/{quarantine_id}/apply",
    **describe(
        "Take a refused message",
        caller="operator",
        answers={200: AppliedMessage},
        problems=[404, 409],
    ),
)
async def apply_message(quarantine_id: str, request: Request, operator: Settler) -> Response:
    """Read the message again as its source's dialect is now: what it states is stored, once. 409 while the
    source has no valid key for the intake."""
    dependencies, given = DEPENDENCIES.of(request), uuid_in_path(quarantine_id)
    found = await refused_message(dependencies, given, operator=operator)
    if found is None:
        raise Problem(404)
    message, raw = found
    source = await sender_of(dependencies, message.source_id)
    if source is None:
        raise Problem(409, "The source has no valid key for the intake")
    taken = await take_message(dependencies, raw, source=source, charset=message.charset, is_kept=True)
    if taken.answer.verdict == "A":
        await settle_refused(dependencies, given, "applied", operator=operator)
    findings = tuple(f"{finding.french} / {finding.english}" for finding in taken.answer.findings)
    return responses.json(200, AppliedMessage(answer=_ANSWERS[taken.answer.verdict], findings=findings))


@router.post(
    PATH + "/{quarantine_id}/dismiss",
    **describe("Give a refused message up", caller="operator", answers={204: None}, problems=[404]),
)
async def dismiss_message(quarantine_id: str, request: Request, operator: Settler) -> Response:
    """The message means nothing, or was sent again: it is not listed as open any more."""
    dependencies, given = DEPENDENCIES.of(request), uuid_in_path(quarantine_id)
    if not await settle_refused(dependencies, given, "dismissed", operator=operator):
        raise Problem(404)
    return Response(status_code=204)


def _place(message: QuarantinedMessage) -> ListKey:
    return message.received_at, message.quarantine_id
