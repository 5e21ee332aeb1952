"""A gap in the obligations is found, closed and counted; what cannot be explained is reported."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from services.notifications.handlers.audit.audit_persons import audit_persons
from services.notifications.handlers.audit.audit_rounds import Auditor, measure_audit
from services.notifications.handlers.audit.ledgers import Ledgers
from services.notifications.handlers.obligations.obligation_balance import ObligationsTally, balance_of
from shared.spine.reconciliation.ledger.client import PublisherUnavailable
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory
from tests.integration.notifications.audit.publishers import ledgers_with
from tests.integration.notifications.desk import MORNING, Desk, carer

pytestmark = pytest.mark.services

_PHANTOM = """
WITH phantom AS (
    INSERT INTO obligations
    SELECT (jsonb_populate_record(o, jsonb_build_object('obligation_id', $1::uuid, 'event_id', $2::uuid))).*
    FROM obligations o WHERE kind = 'transfer.departed'
    RETURNING obligation_id
)
INSERT INTO attempts (attempt_id, obligation_id, number, step, channel, status, claimed_at, lease_until)
SELECT gen_random_uuid(), obligation_id, 1, 1, 'email', 'accepted', now(), now() FROM phantom
"""


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


async def _stay(desk: Desk, rose: PersonHistory) -> Ledgers:
    """A stay of which a carer and a desk were told; the nursing home's desk of the departure, too."""
    rose.admit("stay", at=MORNING - timedelta(minutes=30))
    await desk.state(*rose.events)
    await desk.enrol(rose.person_id, carer("email"))
    await desk.enrol_desk(rose.person_id, NURSING_HOME)
    await desk.turn()
    desk.now += timedelta(hours=1)
    leaving = rose.discharge("stay", at=desk.now - timedelta(minutes=5), to=NURSING_HOME)
    await desk.state(leaving)
    await desk.turn()
    return ledgers_with(rose.events)


async def _tally(desk: Desk) -> ObligationsTally:
    day = MORNING.date()
    account = await balance_of(desk.dependencies, since=day, until=day, establishment=HOSPITAL)
    (tally,) = account.tallies
    outcomes = sum(getattr(tally, outcome) for outcome in tally.reasons)
    assert tally.due == outcomes + tally.missing - tally.unexpected + tally.vanished
    assert outcomes == sum(sum(reasons.values()) for reasons in tally.reasons.values())
    return tally


async def _differences(desk: Desk) -> list[tuple[Any, ...]]:
    rows = await desk.pool.fetch("SELECT difference, reason, settled_as FROM obligation_differences")
    return [tuple(row) for row in rows]


async def test_what_agrees_adds_up(desk: Desk, rose: PersonHistory) -> None:
    ledgers = await _stay(desk, rose)
    audited = await audit_persons(desk.dependencies, ledgers, [rose.person_id])
    assert (audited.persons, dict(audited.found), audited.repaired) == (1, {}, 0)
    tally = await _tally(desk)
    assert (tally.due, tally.informed, tally.unaudited, tally.unexplained) == (3, 3, 0, 0)


async def test_an_obligation_that_was_deleted_before_it_was_told_is_planned_and_told(
    desk: Desk, rose: PersonHistory
) -> None:
    rose.admit("stay", at=MORNING - timedelta(minutes=30))
    await desk.state(*rose.events)
    await desk.enrol(rose.person_id, carer("email"))
    await desk.pool.execute("DELETE FROM obligations")
    auditor = Auditor(desk.dependencies, ledgers_with(rose.events))
    await auditor.turn()
    assert await _differences(desk) == [("missing", "due and not planned", "repaired")]
    await desk.turn()
    assert len(await desk.attempts()) == 1
    tally = await _tally(desk)
    assert (tally.due, tally.informed, tally.repaired, tally.unexplained) == (1, 1, 1, 0)


async def test_an_obligation_that_was_deleted_after_its_end_comes_back_as_it_ended(
    desk: Desk, rose: PersonHistory
) -> None:
    ledgers = await _stay(desk, rose)
    before, told = await desk.obligations(), await desk.attempts()
    published = len(await desk.outcomes())
    await desk.pool.execute("DELETE FROM obligations WHERE kind = 'admission.occurred'")
    audited = await audit_persons(desk.dependencies, ledgers, [rose.person_id])
    assert audited.repaired == 2
    await desk.after(days=2)
    shown = ("obligation_id", "status", "channel", "settled_at")
    after = await desk.obligations()
    assert {tuple(row[name] for name in shown) for row in after} == {
        tuple(row[name] for name in shown) for row in before
    }
    assert len(await desk.attempts()) == len(told)
    assert len(await desk.outcomes()) == published


async def test_a_fact_that_was_lost_with_its_obligations_is_recorded_again(
    desk: Desk, rose: PersonHistory
) -> None:
    ledgers = await _stay(desk, rose)
    await desk.pool.execute("DELETE FROM obligations")
    await desk.pool.execute("DELETE FROM facts")
    audited = await audit_persons(desk.dependencies, ledgers, [rose.person_id])
    assert audited.repaired == 3
    assert await desk.pool.fetchval("SELECT count(*) FROM facts") == 2
    assert (await _tally(desk)).unexplained == 0


async def test_one_that_nothing_makes_due_is_reported_and_left_to_a_person(
    desk: Desk, rose: PersonHistory
) -> None:
    ledgers = await _stay(desk, rose)
    await desk.pool.execute(_PHANTOM, uuid4(), uuid4())
    audited = await audit_persons(desk.dependencies, ledgers, [rose.person_id])
    assert dict(audited.found) == {"unexpected": 1, "told_without_right": 1}
    assert ("told_without_right", "not entitled", None) in await _differences(desk)
    tally = await _tally(desk)
    assert tally.unexpected == tally.unexplained == tally.told_without_right == 1


async def test_one_that_is_deleted_is_seen_in_the_sums_before_the_next_audit(
    desk: Desk, rose: PersonHistory
) -> None:
    ledgers = await _stay(desk, rose)
    await audit_persons(desk.dependencies, ledgers, [rose.person_id])
    await desk.pool.execute("DELETE FROM obligations WHERE kind = 'transfer.departed'")
    tally = await _tally(desk)
    assert (tally.due, tally.informed, tally.vanished, tally.unexplained) == (3, 2, 1, 1)


async def test_what_is_on_its_way_or_parked_obliges_nobody_yet(desk: Desk, rose: PersonHistory) -> None:
    await _stay(desk, rose)
    rose.discharge("other", at=desk.now)
    audited = await audit_persons(desk.dependencies, ledgers_with(rose.events), [rose.person_id])
    assert dict(audited.found) == {}


async def test_a_message_that_left_after_its_reader_had_left_is_reported(
    desk: Desk, rose: PersonHistory
) -> None:
    ledgers = await _stay(desk, rose)
    await desk.pool.execute("UPDATE members SET revoked_at = $1 WHERE role = 'carer'", MORNING)
    await desk.pool.execute("UPDATE attempts SET claimed_at = $1", MORNING + timedelta(hours=1))
    await audit_persons(desk.dependencies, ledgers, [rose.person_id])
    assert ("told_without_right", "told after leaving", None) in await _differences(desk)


async def _differing_outcomes(desk: Desk, rose: PersonHistory) -> Ledgers:
    """Told, superseded by a correction, retracted, too old, of the dead, and never sent by anybody."""
    rose.admit("stay", at=MORNING - timedelta(minutes=30))
    await desk.state(*rose.events)
    await desk.enrol(rose.person_id, carer("email"))
    desk.now += timedelta(minutes=10)
    first = rose.discharge("stay", at=desk.now - timedelta(minutes=5))
    later = rose.update(first, emitted=desk.now, occurred_at=desk.now - timedelta(minutes=2))
    old = rose.admit("forgotten", at=desk.now - timedelta(days=3), emitted=desk.now)
    await desk.state(first, later, old)
    await desk.turn()
    desk.now += timedelta(minutes=20)
    again = rose.admit("again", at=desk.now - timedelta(minutes=1), emitted=desk.now)
    await desk.state(again)
    await desk.pool.execute("UPDATE contact_points SET state = 'bad'")
    await desk.after(hours=2)
    desk.now += timedelta(minutes=20)
    death = rose.discharge("again", at=desk.now - timedelta(minutes=1), mode="death", emitted=desk.now)
    home = rose.discharge("forgotten", at=desk.now, emitted=desk.now)
    await desk.state(death, home)
    await desk.turn()
    return ledgers_with(rose.events)


async def test_the_sum_is_that_of_every_outcome_there_is(desk: Desk, rose: PersonHistory) -> None:
    ledgers = await _differing_outcomes(desk, rose)
    audited = await audit_persons(desk.dependencies, ledgers, [rose.person_id])
    assert dict(audited.found) == {}
    tally = await _tally(desk)
    assert tally.unexplained == 0
    assert set(tally.reasons) >= {"informed", "superseded", "suppressed", "expired"}
    assert set(tally.reasons["suppressed"]) >= {"stale_at_creation", "deceased"}


async def test_the_slow_sweep_finds_what_no_change_leads_to(desk: Desk, rose: PersonHistory) -> None:
    ledgers = await _stay(desk, rose)
    auditor = Auditor(desk.dependencies, ledgers)
    await desk.pool.execute("UPDATE audit_progress SET changes_until = now() + interval '1 year'")
    await desk.pool.execute("ALTER TABLE obligations DISABLE TRIGGER obligation_vanishes")
    await desk.pool.execute("DELETE FROM obligations WHERE kind = 'transfer.departed'")
    await auditor.turn()
    assert await _differences(desk) == [("missing", "due and not planned", "repaired")]
    await auditor.turn()
    assert await desk.pool.fetchval("SELECT swept_at IS NOT NULL FROM audit_progress")


async def test_that_nobody_could_be_audited_shows_while_a_ledger_is_away(
    desk: Desk, rose: PersonHistory
) -> None:
    await _stay(desk, rose)
    await desk.pool.execute("UPDATE audit_progress SET changes_until = now() - interval '2 hours'")
    away = Mock(**{"events_of_persons.side_effect": PublisherUnavailable("admission", "away")})
    auditor = Auditor(desk.dependencies, Ledgers({"admission": away}))
    with pytest.raises(PublisherUnavailable):
        await auditor.turn()
    await measure_audit(replace(desk.dependencies, ledgers={"admission": away}))
    age = REGISTRY.get_sample_value("relais_obligations_unaudited_seconds")
    assert age is not None
    assert age >= 7200
