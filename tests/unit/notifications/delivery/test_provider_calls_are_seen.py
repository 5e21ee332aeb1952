"""A trace shows the result and the medium of a call to a provider, and never whom it was for."""

from uuid import UUID

import httpx
import pytest
from opentelemetry.trace import SpanKind, StatusCode, format_span_id

from services.notifications.channels.channel import Message
from services.notifications.channels.sms import ReportTokens, SmsChannel
from services.notifications.handlers.delivery.dispatch import call_provider
from shared.telemetry import tracing
from shared.web.client import open_client
from tests.unit.shared.telemetry.recorded import RecordedSpans, recording

STORED = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
MESSAGE = Message(
    obligation_id=UUID(int=7),
    attempt_id=UUID(int=1),
    to="+33639980001",
    subject=None,
    text="Parcours : Mamie",
    html=None,
    validity_seconds=600,
)


async def _sent(status: int) -> tuple[RecordedSpans, str]:
    headers: list[str] = []

    async def gateway(request: httpx.Request) -> httpx.Response:
        headers.append(request.headers["traceparent"])
        return httpx.Response(status)

    with recording() as spans, tracing.span("notify", trace=STORED):
        async with open_client(timeout_seconds=1, transport=httpx.MockTransport(gateway)) as client:
            channel = SmsChannel(
                client,
                url="http://gateway.test/cgi-bin/sendsms",
                username="relais",
                password="secret",
                public_url="http://relais.test",
                report_tokens=ReportTokens(b"secret"),
            )
            await call_provider(channel, MESSAGE, timeout_seconds=5)
    return spans, headers[0]


@pytest.mark.parametrize(
    ("status", "result", "code"),
    [(202, "Accepted", StatusCode.UNSET), (503, "RejectedTemporarily", StatusCode.ERROR)],
)
async def test_the_call_is_a_client_span_of_the_stored_trace_and_the_gateway_is_told(
    status: int, result: str, code: StatusCode
) -> None:
    spans, header = await _sent(status)
    span = spans.named("sms send")
    assert span.context is not None
    assert header == f"{STORED['traceparent'][:36]}{format_span_id(span.context.span_id)}-01"
    assert span.kind is SpanKind.CLIENT
    assert span.status.status_code is code
    attributes = dict(span.attributes or {})
    assert (attributes["channel"], attributes["result"]) == ("sms", result)
    assert not any(secret in str(attributes) for secret in ("+33", "Mamie", "secret"))
