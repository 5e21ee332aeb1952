"""What a trace, the metrics and the ledger show of an obligation."""

import msgspec
import pytest
from msgspec.structs import replace
from opentelemetry.trace import format_span_id, format_trace_id
from prometheus_client import REGISTRY

from services.notifications.handlers.delivery.dispatch import record_delivery_report
from services.notifications.handlers.obligations.timeouts import measure_obligations
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.engine import Engine
from tests.unit.shared.telemetry.recorded import recording

pytestmark = pytest.mark.services

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
STORED = {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01"}


async def test_the_message_and_the_outcome_continue_the_trace_of_the_fact(engine: Engine) -> None:
    rose = PersonHistory("Rose")
    await engine.state(replace(rose.admit("stay", at=minutes(0)), trace=STORED))
    await engine.enrol(rose.person_id)
    with recording() as spans:
        await engine.turn()
    notify = spans.named("notify")
    assert notify.context is not None
    assert notify.parent is not None
    assert format_trace_id(notify.context.trace_id) == TRACE_ID
    assert format_span_id(notify.parent.span_id) == SPAN_ID
    await record_delivery_report(
        engine.dependencies, attempt_id=engine.sms.messages[0].attempt_id, provider_id=None, state="delivered"
    )
    stored = await engine.pool.fetchval("SELECT trace FROM ledger")
    assert msgspec.json.decode(stored) == STORED


def _obligations(status: str) -> float | None:
    return REGISTRY.get_sample_value("relais_obligations", {"status": status})


async def test_the_figures_count_what_is_open_and_the_age_of_the_oldest_that_is_due(engine: Engine) -> None:
    for name in ("Rose", "Paul"):
        history = PersonHistory(name)
        await engine.state(history.admit("stay", at=minutes(0)))
        await engine.enrol(history.person_id)
    engine.now = minutes(62)
    await measure_obligations(engine.dependencies)
    assert _obligations("scheduled") == 2
    assert REGISTRY.get_sample_value("relais_obligations_due_oldest_seconds") == 120
    await engine.turn()
    await measure_obligations(engine.dependencies)
    assert _obligations("in_progress") == 2
    assert REGISTRY.get_sample_value("relais_obligations_due_oldest_seconds") == 0


async def test_every_status_that_an_obligation_had_is_kept_as_evidence(engine: Engine) -> None:
    rose = PersonHistory("Rose")
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await engine.turn()
    await record_delivery_report(
        engine.dependencies, attempt_id=engine.sms.messages[0].attempt_id, provider_id=None, state="delivered"
    )
    rows = await engine.pool.fetch("SELECT status FROM transitions ORDER BY id")
    assert [row["status"] for row in rows] == ["scheduled", "in_progress", "informed"]
