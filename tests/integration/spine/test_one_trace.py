"""An event is one trace, from its cause over the broker to what a consumer stores with its effects."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from opentelemetry.trace import SpanKind

from shared.database.pool import Connection, Pool
from shared.database.transaction import transaction
from shared.events.envelope import TraceContext
from shared.spine.outbox.append import append
from shared.spine.outbox.relay import Relay
from shared.spine.records.received import ReceivedEvent
from shared.telemetry import tracing
from tests.integration.spine.batches import record_effects
from tests.integration.spine.published import NOW, Commits, consumer, kept_running, stated
from tests.unit.shared.telemetry.recorded import recording

pytestmark = pytest.mark.services


async def test_each_event_of_a_batch_is_a_trace_of_its_own_without_a_gap(
    pool: Pool, kafka_bootstrap: str
) -> None:
    stored: dict[object, TraceContext] = {}
    current: list[TraceContext] = []

    async def route(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        await record_effects(None, connection, events)
        stored.update({event.event_id: event.trace for event in events})
        current.append(tracing.current_trace())

    commits = Commits()
    with recording() as spans:
        causes = []
        for _ in range(3):
            with tracing.span("post", kind="server"):
                causes.append(stated(uuid4(), trace=tracing.current_trace()))
        async with transaction(pool) as connection:
            recorded = await append(connection, publisher="admission", events=causes, recorded_at=NOW)
        await Relay(pool, kafka_bootstrap, "admission").relay_once()
        consume = consumer(pool, kafka_bootstrap, "relais-traced", route=route, commits=commits)
        async with kept_running(consume.run):
            await commits.until_applied(pool, recorded)

    by_id = {span.context.span_id: span for span in spans.all() if span.context}
    for event in recorded:
        _, trace_id, span_id, _ = stored[event.event_id]["traceparent"].split("-")
        process = by_id[int(span_id, 16)]
        assert process.parent is not None
        send = by_id[process.parent.span_id]
        assert send.parent is not None
        post = by_id[send.parent.span_id]
        assert (process.name, send.name, post.name) == (
            "process relais.admission",
            "send relais.admission",
            "post",
        )
        assert (process.kind, send.kind) == (SpanKind.CONSUMER, SpanKind.PRODUCER)
        assert {span.context.trace_id for span in (process, send, post) if span.context} == {
            int(trace_id, 16)
        }
        assert process.attributes is not None
        assert process.attributes["messaging.message.id"] == str(event.event_id)
        assert "messaging.kafka.offset" in process.attributes
    # A use case that handles many events at once must not work inside the last one's span.
    assert {str(each) for each in current} == {"{}"}
