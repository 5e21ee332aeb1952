"""`/v1/delivery-reports/sms`: takes the reports of the SMS gateway, admitted by the token in the URL."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response

from services.notifications.api import DEPENDENCIES
from services.notifications.channels.sms import DELIVERY_REPORTS_PATH, report_tokens_of
from services.notifications.domain.obligations.obligation import ReportState
from services.notifications.handlers.delivery.dispatch import record_delivery_report
from shared.security.authentication import Capability
from shared.web.contract import describe
from shared.web.problems import FieldError, Problem

_STATES: Final[Mapping[str, ReportState]] = {
    "1": "delivered",
    "2": "undelivered",
    "4": "buffered",
    "8": "sent",
    "16": "rejected",
}
_MAX_ID_LENGTH = 128
_CODE = re.compile(r"stat:[A-Z]{1,10}|err:[0-9A-Fa-f]{1,8}|NACK/\d{1,4}")
_FORM = "application/x-www-form-urlencoded"

router = APIRouter()
_ADMITTED: Final = (Depends(Capability("report_delivery")),)
_DESCRIBED = describe(
    "Report the delivery of an SMS",
    caller="provider",
    answers={200: "text/plain"},
    query={
        "attempt": "The attempt that is reported on",
        "token": "Given with the attempt; admits reports on it and nothing else",
        "type": "1 delivered, 2 not delivered, 4 buffered, 8 sent, 16 rejected",
        "provider_id": "The gateway's own id of the message",
        "answer": "What the operator answered; only its codes are kept",
    },
    problems=[404],
)


@router.post(
    DELIVERY_REPORTS_PATH, operation_id="report_on_sms_by_post", dependencies=_ADMITTED, **_DESCRIBED
)
@router.get(DELIVERY_REPORTS_PATH, dependencies=_ADMITTED, **_DESCRIBED)
async def report_on_sms(request: Request) -> Response:
    """Keep what Kannel reports, and apply it: `attempt`, `token`, `type`, `provider_id`, `answer`.

    The first two are in the URL, as it was given to the gateway; the others there or in a form.

    200 for every well-formed report, known attempt or not; 404 for a wrong token.
    """
    dependencies = DEPENDENCIES.of(request)
    admitted_by = request.query_params
    attempt_id = _attempt(admitted_by.get("attempt", ""))
    if attempt_id is None or not report_tokens_of(dependencies.vault).is_valid(
        attempt_id, admitted_by.get("token", "")
    ):
        raise Problem(404)  # before anything is read of a body, which may come slowly
    given = await _parameters(request)
    state = _STATES.get(given.get("type", ""))
    if state is None:
        raise Problem(422, "The report does not fit", errors=[FieldError("/query/type", "not a report type")])
    await record_delivery_report(
        dependencies,
        attempt_id=attempt_id,
        provider_id=given.get("provider_id", "")[:_MAX_ID_LENGTH].replace("\0", "") or None,
        state=state,
        detail=" ".join(_CODE.findall(given.get("answer", ""))) or None,
    )
    return PlainTextResponse("kept")


async def _parameters(request: Request) -> dict[str, str]:
    in_url = dict(request.query_params)
    if request.headers.get("content-type", "").partition(";")[0] != _FORM:
        return in_url
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"))) | in_url


def _attempt(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
