"""What the SMS channel asks of the gateway, and how it reads the answers."""

from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest

from services.notifications.channels.channel import (
    Accepted,
    Message,
    RejectedPermanently,
    RejectedTemporarily,
    SendResult,
    Unknown,
)
from services.notifications.channels.sms import ReportTokens, SmsChannel

ATTEMPT = UUID("0192f3c4-0000-7000-8000-000000000001")
CAPABILITY = ReportTokens(b"a secret")
MESSAGE = Message(
    obligation_id=UUID(int=7),
    attempt_id=ATTEMPT,
    to="+33639980001",
    subject=None,
    text="Parcours : Mamie a quitté l'établissement",
    html=None,
    validity_seconds=3_599,
)

Answering = Callable[[httpx.Request], httpx.Response]


async def _sent(answering: Answering) -> SendResult:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answering)) as client:
        channel = SmsChannel(
            client,
            url="http://gateway.test/cgi-bin/sendsms",
            username="relais",
            password="secret",
            public_url="https://relais.test/",
            report_tokens=CAPABILITY,
            sender="PARCOURS",
        )
        return await channel.send(MESSAGE)


async def test_the_request_is_kannels_and_its_address_tells_nothing() -> None:
    requests: list[httpx.Request] = []

    def accept(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(202, text="0: Accepted for delivery")

    assert isinstance(await _sent(accept), Accepted)
    [request] = requests
    assert (request.method, str(request.url)) == ("POST", "http://gateway.test/cgi-bin/sendsms")
    assert (request.content.decode(), request.headers["content-type"]) == (
        MESSAGE.text,
        "text/plain; charset=UTF-8",
    )
    asked = {name: value for name, value in request.headers.items() if name.startswith("x-kannel-")}
    report_url = asked.pop("x-kannel-dlr-url")
    assert asked == {
        "x-kannel-username": "relais",
        "x-kannel-password": "secret",
        "x-kannel-from": "PARCOURS",
        "x-kannel-to": "+33639980001",
        "x-kannel-coding": "0",
        "x-kannel-dlr-mask": "31",
        "x-kannel-validity": "59",
    }
    split = urlsplit(report_url)
    assert f"{split.scheme}://{split.netloc}{split.path}" == "https://relais.test/v1/delivery-reports/sms"
    token = CAPABILITY.token(ATTEMPT)
    assert split.query == f"attempt={ATTEMPT}&token={token}&type=%d&provider_id=%F&answer=%A"


@pytest.mark.parametrize(
    ("status", "text", "expected"),
    [
        (202, "3: Queued for later delivery", Accepted),
        (200, "Sent.", Accepted),
        (400, "Garbage 'to' field, rejected.", RejectedPermanently),
        (403, "Not routable. Do not try again.", RejectedPermanently),
        (403, "Authorization failed for sendsms", RejectedTemporarily),
        (401, "", RejectedTemporarily),
        (404, "", RejectedTemporarily),
        (408, "", RejectedTemporarily),
        (429, "", RejectedTemporarily),
        (302, "", RejectedTemporarily),
        (500, "", RejectedTemporarily),
        (503, "Temporal failure, try again later.", RejectedTemporarily),
    ],
)
async def test_each_answer_has_one_meaning(status: int, text: str, expected: type[SendResult]) -> None:
    assert isinstance(await _sent(lambda _request: httpx.Response(status, text=text)), expected)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError("refused"), RejectedTemporarily),
        (httpx.ConnectTimeout("slow"), RejectedTemporarily),
        (httpx.PoolTimeout("busy"), RejectedTemporarily),
        (httpx.WriteError("cut"), Unknown),
        (httpx.WriteTimeout("slow"), Unknown),
        (httpx.ReadTimeout("slow"), Unknown),
        (httpx.ReadError("cut"), Unknown),
        (httpx.RemoteProtocolError("cut"), Unknown),
    ],
)
async def test_what_cuts_the_call_says_whether_the_message_may_have_left(
    error: httpx.TransportError, expected: type[SendResult]
) -> None:
    def cut(_request: httpx.Request) -> httpx.Response:
        raise error

    assert await _sent(cut) == expected(type(error).__name__)


async def test_our_own_faults_are_not_the_providers() -> None:
    def broken(_request: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await _sent(broken)


def test_a_report_token_is_good_for_its_own_attempt_only() -> None:
    token = CAPABILITY.token(ATTEMPT)
    assert CAPABILITY.is_valid(ATTEMPT, token)
    assert not CAPABILITY.is_valid(UUID(int=1), token)
    assert not CAPABILITY.is_valid(ATTEMPT, token[:-1])
    assert not CAPABILITY.is_valid(ATTEMPT, "é")
    assert not ReportTokens(b"another").is_valid(ATTEMPT, token)
    assert "secret" not in repr(CAPABILITY)
