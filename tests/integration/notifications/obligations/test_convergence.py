"""The tables hold the same obligations in whatever order and batches a history comes."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.events.envelope import RecordedEvent
from shared.testing.histories import batches, person_histories, redeliveries
from shared.testing.person_history import ESTABLISHMENTS, START
from tests.integration.notifications.engine import Engine

pytestmark = pytest.mark.services

_IN_ONE_DATABASE = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(data=st.data())
@_IN_ONE_DATABASE
async def test_order_repetition_and_batches_leave_no_trace(engine: Engine, data: st.DataObject) -> None:
    history = data.draw(person_histories())
    again = data.draw(redeliveries(history))
    in_order = await _obligations(engine, [history])
    assert await _obligations(engine, data.draw(batches(again))) == in_order


async def _obligations(
    engine: Engine, deliveries: Sequence[Sequence[RecordedEvent]]
) -> set[tuple[UUID, str, str]]:
    """Who (a carer, or an establishment) has which obligation after these deliveries."""
    await engine.pool.execute("TRUNCATE persons, facts, presence, inbox, ledger, outbox, subjects CASCADE")
    person_id = deliveries[0][0].subject
    await engine.pool.execute("INSERT INTO persons (person_id) VALUES ($1)", person_id)
    engine.now = START.replace(year=START.year - 1)
    await engine.enrol(person_id)
    for establishment in ESTABLISHMENTS:
        await engine.enrol_professional(person_id, establishment)
    engine.now = max(event.recorded_at for batch in deliveries for event in batch)
    for batch in deliveries:
        await engine.state(*batch)
    rows = await engine.pool.fetch(
        "SELECT event_id, kind, coalesce(establishment, 'carer') AS who FROM obligations"
        " JOIN members ON member_id = recipient_id"
    )
    published = await engine.pool.fetchval("SELECT count(DISTINCT event_id) FROM ledger")
    settled = await engine.pool.fetchval("SELECT count(*) FROM obligations WHERE settled_at IS NOT NULL")
    assert published == settled
    return {(row["event_id"], row["who"], row["kind"]) for row in rows}
