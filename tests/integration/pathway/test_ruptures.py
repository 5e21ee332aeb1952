"""Are ruptures opened by the clock and closed by what is heard, each exactly once?"""

import asyncio
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.pathway.handlers.detect_overdue_expectations import detect_overdue_expectations
from shared.db.transaction import transaction
from shared.events.admission import PatientTransferred
from shared.events.pathway import (
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    RuptureClosed,
    RuptureOpened,
)
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes, movement_of
from tests.integration.pathway.delivery import Delivery

pytestmark = pytest.mark.services

TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}


def _departed(name: str = "Rose") -> PersonHistory:
    person = PersonHistory(name)
    person.admit("first", at=minutes(0), establishment=HOSPITAL)
    person.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    return person


async def _published(delivery: Delivery) -> list[str]:
    return [type(payload).__name__ for payload in await delivery.published()]


async def test_overdue_then_late_arrival(delivery: Delivery) -> None:
    rose = _departed()
    delivery.now = minutes(601)
    await delivery.deliver(rose.events)
    await delivery.watch(minutes(720))
    assert await _published(delivery) == ["ExpectationOpened"]
    await delivery.watch(minutes(721))
    await delivery.watch(minutes(722))
    assert await _published(delivery) == ["ExpectationOpened", "RuptureOpened"]
    delivery.now = minutes(900)
    await delivery.deliver([rose.admit("second", at=minutes(800), establishment=REHABILITATION)])
    opened, rupture, closed, met = await delivery.published()
    assert isinstance(opened, ExpectationOpened)
    assert isinstance(rupture, RuptureOpened)
    assert isinstance(closed, RuptureClosed)
    assert isinstance(met, ExpectationMet)
    assert rupture.rupture_id == closed.rupture_id == opened.expectation_id
    assert (closed.reason, met.late, met.arrived_at) == ("arrived", True, minutes(800))


async def test_sequences_of_a_person_are_dense_and_queued_for_the_relay(delivery: Delivery) -> None:
    delivery.now = minutes(721)
    await delivery.deliver([*_departed("Rose").events, *_departed("Paul").events])
    rows = await delivery.pool.fetch(
        "SELECT subject, array_agg(sequence ORDER BY outbox.id) AS sequences"
        " FROM ledger JOIN outbox ON ledger_id = ledger.id GROUP BY subject"
    )
    assert [row["sequences"] for row in rows] == [[1, 2], [1, 2]]


async def test_a_cancelled_departure_withdraws_what_was_expected(delivery: Delivery) -> None:
    rose = _departed()
    await delivery.deliver(rose.events)
    await delivery.watch(minutes(721))
    await delivery.deliver([rose.cancel(rose.events[1])])
    assert [type(payload) for payload in await delivery.published()] == [
        ExpectationOpened,
        RuptureOpened,
        RuptureClosed,
        ExpectationWithdrawn,
    ]


async def test_two_watches_at_once_open_a_rupture_once(delivery: Delivery) -> None:
    people = [_departed(f"person {number}") for number in range(20)]
    await delivery.deliver([event for person in people for event in person.events])

    async def turn() -> None:
        async with transaction(delivery.pool) as connection:
            await detect_overdue_expectations(connection, now=minutes(721), limit=7)

    await asyncio.gather(*(turn() for _ in range(6)))
    await delivery.watch(minutes(721))
    assert (await _published(delivery)).count("RuptureOpened") == 20


async def test_a_watch_and_an_arrival_at_once_agree(delivery: Delivery) -> None:
    people = [_departed(f"person {number}") for number in range(10)]
    await delivery.deliver([event for person in people for event in person.events])
    arrivals = [person.admit("second", at=minutes(700), establishment=REHABILITATION) for person in people]
    delivery.now = minutes(721)
    await asyncio.gather(delivery.deliver(arrivals), delivery.watch(minutes(721)))
    published = await _published(delivery)
    assert published.count("ExpectationMet") == 10
    assert published.count("RuptureOpened") == published.count("RuptureClosed")
    states = await delivery.pool.fetch("SELECT DISTINCT state FROM expectations")
    assert [row["state"] for row in states] == ["met"]


async def test_effects_continue_the_trace_of_their_cause(delivery: Delivery) -> None:
    rose = _departed()
    admission, departure = rose.events
    await delivery.deliver([replace(departure, trace=TRACE), admission])
    await delivery.watch(minutes(721))
    rows = await delivery.pool.fetch("SELECT trace FROM ledger")
    assert len(rows) == 2
    assert all(TRACE["traceparent"] in row["trace"] for row in rows)


async def test_an_event_that_contradicts_itself_is_parked_alone(delivery: Delivery) -> None:
    paul, rose = PersonHistory("Paul"), _departed()
    admission = movement_of(rose.events[0])
    content = {name: getattr(admission, name) for name in admission.__struct_fields__}
    wrong = paul.record(PatientTransferred(**content))
    applied = await delivery.deliver([wrong, *rose.events])
    assert [parcel.reason for parcel in applied.parcels] == ["the kind of movement is not that of the event"]
    persons: set[UUID] = set(await delivery.documents())
    assert persons == {rose.person_id}
