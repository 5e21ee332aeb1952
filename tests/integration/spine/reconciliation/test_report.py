"""The report balances received events for each establishment and day, and names every difference."""

from datetime import date
from uuid import uuid4

import pytest

from shared.spine.reconciliation.repair.reconciler import Reconciler
from shared.spine.reconciliation.report.balance import PublisherReport
from shared.spine.reconciliation.report.build_report import build_report
from tests.integration.spine.reconciliation.two_sides import HOSPITAL, Sides

pytestmark = pytest.mark.services

FIRST = date(2026, 3, 1)


async def reported(sides: Sides, *, recount: bool = False) -> PublisherReport:
    [one] = (await build_report(sides.consumer, FIRST, recount=recount)).publishers
    return one


def lines(one: PublisherReport) -> list[tuple[object, ...]]:
    return [
        (each.day.day, each.establishment, each.received, each.applied, each.unexplained)
        for each in one.accounts
    ]


async def test_every_establishment_and_day_balances(sides: Sides) -> None:
    await sides.apply(await sides.record(*[uuid4() for _ in range(5)]))
    sides.clock.passes(days=1)
    await sides.apply(await sides.record(*[uuid4() for _ in range(3)], establishment=None))
    await sides.apply(await sides.record(uuid4()))
    await sides.seal_ledger()
    await Reconciler(sides.consumer, sides.ledger, sides.puller(), sides.taker()).reconcile()
    sides.clock.passes(seconds=30)
    one = await reported(sides)
    assert lines(one) == [(1, HOSPITAL, 5, 5, 0), (2, None, 3, 3, 0), (2, HOSPITAL, 1, 1, 0)]
    assert (one.state, one.unexplained) == ("compared", 0)


async def test_what_is_not_applied_is_told_apart(sides: Sides) -> None:
    old = await sides.record(*[uuid4() for _ in range(6)])
    await sides.park(old[:2])
    await sides.consumer.pool.execute(
        "UPDATE parked SET state = 'dismissed' WHERE event_id = $1", old[0].event_id
    )
    await sides.apply(old[2:5])
    stranger, missing = old[2], old[5]
    await sides.publisher.pool.execute("DELETE FROM ledger WHERE event_id = $1", stranger.event_id)
    sides.clock.passes(minutes=10)
    await sides.record(uuid4())
    sides.clock.passes(seconds=5)
    one = await reported(sides)
    [account] = one.accounts
    assert (account.received, account.applied, account.parked, account.dismissed) == (6, 3, 1, 1)
    assert (account.pending, account.missing, account.unknown) == (1, 1, 1)
    assert [named.event_id for named in one.missing] == [missing.event_id]
    assert [named.event_id for named in one.unknown] == [stranger.event_id]
    assert one.unexplained == 2


async def test_a_loss_behind_a_seal_is_seen_by_counting_again(sides: Sides) -> None:
    events = await sides.record(*[uuid4() for _ in range(5)])
    await sides.apply(events)
    sides.clock.passes(hours=2)
    await Reconciler(sides.consumer, sides.ledger, sides.puller(), sides.taker()).reconcile()
    await sides.forget(events[:2])
    assert (await reported(sides)).unexplained == 0
    one = await reported(sides, recount=True)
    assert (one.unexplained, {named.event_id for named in one.missing}) == (
        2,
        {event.event_id for event in events[:2]},
    )


async def test_a_mistaken_first_day_costs_nothing(sides: Sides) -> None:
    await sides.apply(await sides.record(uuid4()))
    sides.clock.passes(minutes=1)
    [one] = (await build_report(sides.consumer, date.min, recount=False)).publishers
    assert (lines(one), one.state) == ([(1, HOSPITAL, 1, 1, 0)], "compared")
    # Of every hour since the year 1, a month at a time, it would be 24 000.
    assert len(sides.traffic.asked) < 5


async def test_a_publisher_that_cannot_be_asked_is_said(sides: Sides) -> None:
    await sides.record(uuid4())
    sides.traffic.away = True
    assert (await reported(sides)).state == "unreachable"


async def test_a_publisher_s_own_report_says_what_it_recorded(sides: Sides) -> None:
    await sides.record(uuid4(), uuid4())
    sides.clock.passes(minutes=1)
    told = await build_report(sides.publisher, FIRST, recount=False)
    assert [(each.establishment, each.recorded) for each in told.recorded] == [(HOSPITAL, 2)]
    assert told.publishers == ()
