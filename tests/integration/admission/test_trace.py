"""The event continues the trace of its request."""

import asyncio
import json

from tests.integration.admission.running import Admission
from tests.unit.admission.bodies import movement
from tests.unit.shared.telemetry.recorded import recording


async def test_the_event_continues_the_request_and_is_linked_to_its_flush(admission: Admission) -> None:
    source = await admission.source()
    with recording() as spans:
        answer = await admission.post(source, movement())
    request, commit = spans.named("POST /v1/movements"), spans.named("ledger commit")
    flush = spans.named("intake flush")
    assert commit.parent == request.context
    assert [link.context for link in commit.links] == [flush.context]
    assert flush.parent is None
    [row] = await admission.rows("SELECT trace FROM ledger WHERE event_id = $1", answer.json()["event_id"])
    assert commit.context is not None
    assert json.loads(row["trace"])["traceparent"].split("-")[1:3] == [
        f"{commit.context.trace_id:032x}",
        f"{commit.context.span_id:016x}",
    ]


async def test_each_event_of_a_flush_has_its_own_trace(admission: Admission) -> None:
    source = await admission.source()
    with recording():
        await asyncio.gather(*(admission.post(source, movement()) for _ in range(20)))
    rows = await admission.rows("SELECT trace FROM ledger WHERE subject <> $1", source.source.source_id)
    assert len({json.loads(row["trace"])["traceparent"].split("-")[1] for row in rows}) == 20
