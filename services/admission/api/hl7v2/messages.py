"""Serves `POST /v1/hl7v2`: HL7 over HTTP, one message or one batch of them in a request."""

from email.message import Message as Header
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.hl7v2.several import TooManyMessages, enveloped, take_messages
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web.contract import describe
from shared.web.middleware.places import place_of
from shared.web.problems import Problem

PATH: Final = "/v1/hl7v2"
LIMIT_BYTES: Final = 1024 * 1024
MEDIA_TYPE: Final = "x-application/hl7-v2+er7"

_EXAMPLE: Final = (
    "MSH|^~\\&|HIS|CHU|RELAIS|R|20261128093000+0100||ADT^A01^ADT_A01|42|P|2.5^FRA^2.11|||||FRA|UNICODE UTF-8"
    "\r"
    "EVN||20261128093000+0100\r"
    "PID|1||000003^^^CHU&1.2.3.4&ISO^PI||MARTIN^JEANNE^^^^^L||19410517|F\r"
    "PV1|1|I|3401^12^A||||||||||||||||V7^^^CHU&1.2.3.4&ISO^VN\r"
    "ZBE|7^CHU|20261128091500+0100||INSERT|N||||HMS\r"
)

router = APIRouter()
Sender = Annotated[Principal, Depends(Permission("state_hl7v2"))]


@router.post(
    PATH,
    **describe(
        "Accept HL7 v2 ADT",
        caller="integrator",
        answers={200: MEDIA_TYPE},
        request=MEDIA_TYPE,
        examples={"An admission": _EXAMPLE},
    ),
)
async def post_message(request: Request, source: Sender) -> Response:
    """Accept an HL7 v2 ADT message (2.1 to 2.9, PAM.fr), and answer it by an acknowledgement.

    AA once it is stored; AE with an ERR segment for each thing that is wrong with it; AR when it is of a kind
    that is not taken, or could not be stored: then send it again. The same MSH-10 gets the same answer, and
    another message under it AR with 205. Up to 500 messages in a request, in a batch (FHS or BHS) or not, get
    one acknowledgement for each, in order. The charset of `Content-Type` counts before MSH-18.
    """
    dependencies = DEPENDENCIES.of(request)
    body = await request.body()
    try:
        answers = await take_messages(dependencies, body, source=source, charset=charset_of(request))
    except TooManyMessages:
        raise Problem(413, "Too many messages") from None
    place = place_of(request.scope)
    if place is not None:
        place.count_refused(sum(answer.answer.verdict == "E" for answer in answers))
    return Response(enveloped(body, [answer.raw for answer in answers]), media_type=MEDIA_TYPE)


def charset_of(request: Request) -> str | None:
    """The charset that the transport declares."""
    header = Header()
    header["content-type"] = request.headers.get("content-type", "")
    return header.get_content_charset()
