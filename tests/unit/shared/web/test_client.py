import httpx

from shared.telemetry import tracing
from shared.web import client
from tests.unit.shared.telemetry.recorded import recording


async def test_what_is_called_within_a_request_is_told_of_its_trace() -> None:
    seen: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["traceparent"])
        return httpx.Response(200)

    with recording(), tracing.span("caller"):
        async with client.open_client(timeout_seconds=1, transport=httpx.MockTransport(answer)) as opened:
            await opened.get("http://test/")
        assert seen == [tracing.current_trace()["traceparent"]]
