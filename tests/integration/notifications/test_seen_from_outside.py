"""What a trace, the metrics and the ledger show of an obligation."""

import msgspec
import pytest
from msgspec.structs import replace
from opentelemetry.trace import format_span_id, format_trace_id

from services.notifications.handlers.delivery.dispatch import record_delivery_report
from services.notifications.handlers.obligations.timeouts import measure_obligations
from shared.telemetry import metrics
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.desk import Desk
from tests.unit.shared.telemetry.recorded import recording

pytestmark = pytest.mark.services

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
STORED = {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01"}


async def test_the_message_and_the_outcome_continue_the_trace_of_the_fact(desk: Desk) -> None:
    rose = PersonHistory("Rose")
    await desk.state(replace(rose.admit("stay", at=minutes(0)), trace=STORED))
    await desk.enrol(rose.person_id)
    with recording() as spans:
        await desk.turn()
    notify = spans.named("notify")
    assert notify.context is not None
    assert notify.parent is not None
    assert format_trace_id(notify.context.trace_id) == TRACE_ID
    assert format_span_id(notify.parent.span_id) == SPAN_ID
    await record_delivery_report(
        desk.dependencies, attempt_id=desk.sms.messages[0].attempt_id, provider_id=None, state="delivered"
    )
    stored = await desk.pool.fetchval("SELECT trace FROM ledger")
    assert msgspec.json.decode(stored) == STORED


async def test_the_figures_count_what_is_open_and_the_age_of_the_oldest_that_is_due(desk: Desk) -> None:
    for name in ("Rose", "Paul"):
        history = PersonHistory(name)
        await desk.state(history.admit("stay", at=minutes(0)))
        await desk.enrol(history.person_id)
    desk.now = minutes(62)
    await measure_obligations(desk.dependencies)
    assert metrics.obligations.labels("scheduled")._value.get() == 2
    assert metrics.obligations_due_oldest_seconds._value.get() == 120
    await desk.turn()
    await measure_obligations(desk.dependencies)
    assert metrics.obligations.labels("in_progress")._value.get() == 2
    assert metrics.obligations_due_oldest_seconds._value.get() == 0


async def test_every_status_that_an_obligation_had_is_kept_as_evidence(desk: Desk) -> None:
    rose = PersonHistory("Rose")
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    await desk.turn()
    await record_delivery_report(
        desk.dependencies, attempt_id=desk.sms.messages[0].attempt_id, provider_id=None, state="delivered"
    )
    rows = await desk.pool.fetch("SELECT status FROM transitions ORDER BY id")
    assert [row["status"] for row in rows] == ["scheduled", "in_progress", "informed"]
