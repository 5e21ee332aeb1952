"""What is seen of a call to a provider? One client span and one duration, the same for every medium."""

from collections.abc import Awaitable

from services.notifications.channels.channel import Accepted, SendResult
from services.notifications.domain.circle.members import Medium
from shared.telemetry import metrics, tracing


async def observed(medium: Medium, sending: Awaitable[SendResult]) -> SendResult:
    """Awaits the call inside its span, so that the call can hand the span's context to the provider."""
    with (
        tracing.span(f"{medium} send", kind="client", attributes={"channel": medium}) as span,
        metrics.provider_seconds.labels(medium).time(),
    ):
        result = await sending
        name = type(result).__name__
        span.set_attribute("result", name)
        if not isinstance(result, Accepted):
            tracing.record_error(span, name)
        return result
