"""What is stored is the same, in whatever order and however often the events come."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.database.pool import Pool
from shared.events.envelope import RecordedEvent
from shared.testing.histories import batches, people, redeliveries
from shared.testing.person_history import minutes
from tests.integration.pathway.delivery import Delivery
from tests.unit.pathway.listener import Listener

pytestmark = pytest.mark.services

_IN_ONE_DATABASE = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.generate],  # to shrink an example takes a database many minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def _emptied(pool: Pool) -> Delivery:
    tables = await pool.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    await pool.execute(f"TRUNCATE {', '.join(row['tablename'] for row in tables)}")
    return Delivery(pool)


@_IN_ONE_DATABASE
@given(data=st.data(), history=people(4))
async def test_permuted_repeated_and_cut_into_batches_it_is_stored_the_same(
    delivery: Delivery, data: st.DataObject, history: list[RecordedEvent]
) -> None:
    straight = await _emptied(delivery.pool)
    straight.now = data.draw(st.integers(2000, 4000).map(minutes))
    await straight.deliver(history)
    await straight.watch(straight.now)
    expected = await straight.documents()

    permuted = await _emptied(delivery.pool)
    for batch in data.draw(batches(data.draw(redeliveries(history)))):
        permuted.now = data.draw(st.integers(-100, 2000).map(minutes))
        await permuted.deliver(batch)
    await permuted.watch(straight.now)
    assert await permuted.documents() == expected


@_IN_ONE_DATABASE
@given(data=st.data(), history=people(4))
async def test_the_published_events_amount_to_what_the_tables_hold(
    delivery: Delivery, data: st.DataObject, history: list[RecordedEvent]
) -> None:
    heard = await _emptied(delivery.pool)
    for batch in data.draw(batches(data.draw(redeliveries(history)))):
        await heard.watch(max(heard.now, data.draw(st.integers(0, 4000).map(minutes))))
        await heard.deliver(batch)
    listener = Listener()
    for payload in await heard.published():
        listener.hear(payload)
    for row in await heard.pool.fetch("SELECT expectation_id, state FROM expectations"):
        assert listener.believed_state(row["expectation_id"]) == row["state"]
