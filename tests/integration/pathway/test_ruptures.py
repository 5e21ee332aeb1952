"""Ruptures are opened by the clock and closed by events, each exactly once."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from msgspec.structs import asdict, replace

from services.pathway.handlers.detect_overdue_expectations import detect_overdue_expectations
from services.pathway.periodic.measure_ruptures import measure_ruptures
from shared.database.transaction import transaction
from shared.events.admission import Movement, PatientTransferred
from shared.events.pathway import (
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    RuptureClosed,
    RuptureOpened,
)
from shared.telemetry import metrics
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
    await delivery.watch(minutes(721))
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
    delivery.now = minutes(721)

    async def turn() -> None:
        async with transaction(delivery.pool) as connection:
            await detect_overdue_expectations(delivery.dependencies, connection, limit=7)

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
    delivery.now = minutes(601)
    await delivery.deliver([replace(departure, trace=TRACE), admission])
    await delivery.watch(minutes(721))
    rows = await delivery.pool.fetch("SELECT trace FROM ledger")
    assert len(rows) == 2
    assert all(TRACE["traceparent"] in row["trace"] for row in rows)


async def test_the_watch_says_how_far_it_is_behind_and_how_many_are_missing(delivery: Delivery) -> None:
    delivery.now = minutes(601)
    await delivery.deliver([*_departed("Rose").events, *_departed("Paul").events])
    delivery.now = minutes(730)
    await measure_ruptures(delivery.dependencies)
    exposed = metrics.expose().decode()
    assert "relais_expectations_overdue_oldest_seconds 600.0" in exposed
    await delivery.watch(minutes(730))
    await measure_ruptures(delivery.dependencies)
    exposed = metrics.expose().decode()
    assert "relais_expectations_overdue_oldest_seconds 0.0" in exposed
    assert "relais_ruptures_open 2.0" in exposed


async def test_a_moment_at_the_end_of_the_calendar_is_no_reason_to_stop(delivery: Delivery) -> None:
    rose = PersonHistory()
    unknown = datetime.max.replace(tzinfo=UTC)
    rose.discharge("first", at=unknown, to=REHABILITATION, expected_at=unknown, emitted=minutes(0))
    rose.admit("second", at=unknown, establishment=REHABILITATION, emitted=minutes(0))
    rose.transfer("second", at=datetime.min.replace(tzinfo=UTC), establishment=REHABILITATION, to=HOSPITAL)
    assert (await delivery.deliver(rose.events)).newly_parked == []
    assert set(await delivery.documents()) == {rose.person_id}


def _wrong_kind(movement: Movement) -> Movement:
    return PatientTransferred(**asdict(movement))


def _no_time_zone(movement: Movement) -> Movement:
    return replace(movement, occurred_at=movement.occurred_at.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_wrong_kind, "the kind of movement is not that of the event"),
        (_no_time_zone, "a time without a time zone"),
    ],
)
async def test_an_event_that_contradicts_itself_is_parked_alone(
    delivery: Delivery, spoil: Callable[[Movement], Movement], reason: str
) -> None:
    paul, rose = PersonHistory("Paul"), _departed()
    wrong = paul.record(spoil(movement_of(rose.events[0])))
    applied = await delivery.deliver([wrong, *rose.events])
    assert [record.reason for record in applied.newly_parked] == [reason]
    assert set(await delivery.documents()) == {rose.person_id}


async def test_a_departure_that_is_moved_is_watched_of_its_new_person_and_of_nobody_else(
    delivery: Delivery,
) -> None:
    rose, iris = _departed(), PersonHistory("Iris")
    delivery.now = minutes(601)
    await delivery.deliver(rose.events)
    await delivery.watch(minutes(721))
    known = len(rose.events)
    for event in rose.events[:known]:
        rose.hand_over(movement_of(event).movement_id, iris)
    await delivery.deliver([*rose.events[known:], *iris.events])
    await delivery.watch(minutes(722))
    opened, _, *others = await delivery.published()
    assert isinstance(opened, ExpectationOpened)
    of_rose = [each for each in others if isinstance(each, RuptureClosed | ExpectationWithdrawn)]
    of_iris = [each for each in others if isinstance(each, ExpectationOpened | RuptureOpened)]
    assert [each.reassigned for each in of_rose] == ["moved"] * 2
    assert {each.expectation_id for each in of_iris} == {opened.expectation_id}
    assert len(of_iris) == 2 == len(others) - len(of_rose)

    for event in rose.events[:known]:
        iris.hand_over(movement_of(event).movement_id, rose)
    await delivery.deliver([*rose.events[2 * known :], *iris.events[known:]])
    await delivery.watch(minutes(723))
    states = await delivery.pool.fetch("SELECT person_id, state FROM expectations ORDER BY state")
    assert [(row["person_id"], row["state"]) for row in states] == [
        (rose.person_id, "overdue"),
        (iris.person_id, "withdrawn"),
    ]
