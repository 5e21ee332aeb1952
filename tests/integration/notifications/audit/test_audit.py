"""A gap in the obligations is found, closed and counted; what cannot be explained is reported."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from services.notifications.handlers.audit.audit_persons import audit_persons
from services.notifications.handlers.audit.audit_rounds import audit_next, measure_audit
from services.notifications.handlers.dependencies import Dependencies, Ledger
from services.notifications.handlers.obligations.obligation_balance import ObligationsTally, read_balance
from shared.spine.reconciliation.ledger.client import PublisherUnavailable
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory
from tests.integration.notifications.audit.publishers import ledgers_with
from tests.integration.notifications.engine import MORNING, Engine, carer

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


def _auditing(engine: Engine, ledgers: Mapping[str, Ledger]) -> Dependencies:
    return replace(engine.dependencies, ledgers=ledgers)


async def _stay(engine: Engine, rose: PersonHistory) -> Mapping[str, Ledger]:
    """A stay of which a carer and a professional were told; the nursing home of the departure, too."""
    rose.admit("stay", at=MORNING - timedelta(minutes=30))
    await engine.state(*rose.events)
    await engine.enrol(rose.person_id, carer("email"))
    await engine.enrol_professional(rose.person_id, NURSING_HOME)
    await engine.after(seconds=10)
    engine.now += timedelta(hours=1)
    leaving = rose.discharge("stay", at=engine.now - timedelta(minutes=5), to=NURSING_HOME)
    await engine.state(leaving)
    await engine.after(seconds=10)
    return ledgers_with(rose.events)


async def _tally(engine: Engine) -> ObligationsTally:
    day = MORNING.date()
    account = await read_balance(engine.dependencies, since=day, until=day, establishment=HOSPITAL)
    (tally,) = account.tallies
    outcomes = sum(getattr(tally, outcome) for outcome in tally.reasons)
    assert tally.due == outcomes + tally.missing - tally.unexpected + tally.vanished
    assert outcomes == sum(sum(reasons.values()) for reasons in tally.reasons.values())
    return tally


async def _differences(engine: Engine) -> list[tuple[Any, ...]]:
    rows = await engine.pool.fetch("SELECT difference, reason, settled_as FROM obligation_differences")
    return [tuple(row) for row in rows]


async def test_what_agrees_adds_up(engine: Engine, rose: PersonHistory) -> None:
    ledgers = await _stay(engine, rose)
    audited = await audit_persons(_auditing(engine, ledgers), [rose.person_id])
    assert (audited.persons, dict(audited.found), audited.repaired) == (1, {}, 0)
    tally = await _tally(engine)
    assert (tally.due, tally.informed, tally.unaudited, tally.unexplained) == (3, 3, 0, 0)


async def test_an_obligation_that_was_deleted_before_it_was_told_is_planned_and_told(
    engine: Engine, rose: PersonHistory
) -> None:
    rose.admit("stay", at=MORNING - timedelta(minutes=30))
    await engine.state(*rose.events)
    await engine.enrol(rose.person_id, carer("email"))
    await engine.pool.execute("DELETE FROM obligations")
    await audit_next(_auditing(engine, ledgers_with(rose.events)), None)
    assert await _differences(engine) == [("missing", "due and not planned", "repaired")]
    await engine.turn()
    assert len(await engine.attempts()) == 1
    tally = await _tally(engine)
    assert (tally.due, tally.informed, tally.repaired, tally.unexplained) == (1, 1, 1, 0)


async def test_an_obligation_that_was_deleted_after_its_end_comes_back_as_it_ended(
    engine: Engine, rose: PersonHistory
) -> None:
    ledgers = await _stay(engine, rose)
    before, told = await engine.obligations(), await engine.attempts()
    published = len(await engine.outcomes())
    await engine.pool.execute("DELETE FROM obligations WHERE kind = 'admission.occurred'")
    audited = await audit_persons(_auditing(engine, ledgers), [rose.person_id])
    assert audited.repaired == 2
    await engine.after(days=2)
    shown = ("obligation_id", "status", "channel", "settled_at")
    after = await engine.obligations()
    assert {tuple(row[name] for name in shown) for row in after} == {
        tuple(row[name] for name in shown) for row in before
    }
    assert len(await engine.attempts()) == len(told)
    assert len(await engine.outcomes()) == published


async def test_a_fact_that_was_lost_with_its_obligations_is_recorded_again(
    engine: Engine, rose: PersonHistory
) -> None:
    ledgers = await _stay(engine, rose)
    await engine.pool.execute("DELETE FROM obligations")
    await engine.pool.execute("DELETE FROM facts")
    audited = await audit_persons(_auditing(engine, ledgers), [rose.person_id])
    assert audited.repaired == 3
    assert await engine.pool.fetchval("SELECT count(*) FROM facts") == 2
    assert (await _tally(engine)).unexplained == 0


async def test_one_that_nothing_makes_due_is_reported_and_left_to_a_person(
    engine: Engine, rose: PersonHistory
) -> None:
    ledgers = await _stay(engine, rose)
    await engine.pool.execute(_PHANTOM, uuid4(), uuid4())
    audited = await audit_persons(_auditing(engine, ledgers), [rose.person_id])
    assert dict(audited.found) == {"unexpected": 1, "told_without_right": 1}
    assert ("told_without_right", "not entitled", None) in await _differences(engine)
    tally = await _tally(engine)
    assert tally.unexpected == tally.unexplained == tally.told_without_right == 1


async def test_one_that_is_deleted_is_seen_in_the_sums_before_the_next_audit(
    engine: Engine, rose: PersonHistory
) -> None:
    ledgers = await _stay(engine, rose)
    await audit_persons(_auditing(engine, ledgers), [rose.person_id])
    await engine.pool.execute("DELETE FROM obligations WHERE kind = 'transfer.departed'")
    tally = await _tally(engine)
    assert (tally.due, tally.informed, tally.vanished, tally.unexplained) == (3, 2, 1, 1)


async def test_what_is_on_its_way_or_parked_obliges_nobody_yet(engine: Engine, rose: PersonHistory) -> None:
    await _stay(engine, rose)
    rose.discharge("other", at=engine.now)
    audited = await audit_persons(_auditing(engine, ledgers_with(rose.events)), [rose.person_id])
    assert dict(audited.found) == {}


async def test_a_message_that_left_after_its_reader_had_left_is_reported(
    engine: Engine, rose: PersonHistory
) -> None:
    ledgers = await _stay(engine, rose)
    await engine.pool.execute("UPDATE members SET revoked_at = $1 WHERE role = 'carer'", MORNING)
    await engine.pool.execute("UPDATE attempts SET claimed_at = $1", MORNING + timedelta(hours=1))
    await audit_persons(_auditing(engine, ledgers), [rose.person_id])
    assert ("told_without_right", "told after leaving", None) in await _differences(engine)


async def _differing_outcomes(engine: Engine, rose: PersonHistory) -> Mapping[str, Ledger]:
    """Told, superseded by a correction, retracted, too old, of the dead, and never sent by anybody."""
    rose.admit("stay", at=MORNING - timedelta(minutes=30))
    await engine.state(*rose.events)
    await engine.enrol(rose.person_id, carer("email"))
    engine.now += timedelta(minutes=10)
    first = rose.discharge("stay", at=engine.now - timedelta(minutes=5))
    later = rose.update(first, emitted=engine.now, occurred_at=engine.now - timedelta(minutes=2))
    old = rose.admit("forgotten", at=engine.now - timedelta(days=3), emitted=engine.now)
    await engine.state(first, later, old)
    await engine.turn()
    engine.now += timedelta(minutes=20)
    again = rose.admit("again", at=engine.now - timedelta(minutes=1), emitted=engine.now)
    await engine.state(again)
    await engine.pool.execute("UPDATE contact_points SET state = 'bad'")
    await engine.after(hours=2)
    engine.now += timedelta(minutes=20)
    death = rose.discharge("again", at=engine.now - timedelta(minutes=1), mode="death", emitted=engine.now)
    home = rose.discharge("forgotten", at=engine.now, emitted=engine.now)
    await engine.state(death, home)
    await engine.turn()
    return ledgers_with(rose.events)


async def test_the_sum_is_that_of_every_outcome_there_is(engine: Engine, rose: PersonHistory) -> None:
    ledgers = await _differing_outcomes(engine, rose)
    audited = await audit_persons(_auditing(engine, ledgers), [rose.person_id])
    assert dict(audited.found) == {}
    tally = await _tally(engine)
    assert tally.unexplained == 0
    assert set(tally.reasons) >= {"informed", "superseded", "suppressed", "expired"}
    assert set(tally.reasons["suppressed"]) >= {"stale_at_creation", "deceased"}


async def test_the_slow_sweep_finds_what_no_change_leads_to(engine: Engine, rose: PersonHistory) -> None:
    auditing = _auditing(engine, await _stay(engine, rose))
    await engine.pool.execute("UPDATE audit_progress SET changes_until = now() + interval '1 year'")
    await engine.pool.execute("ALTER TABLE obligations DISABLE TRIGGER obligation_vanishes")
    await engine.pool.execute("DELETE FROM obligations WHERE kind = 'transfer.departed'")
    left = await audit_next(auditing, None)
    assert await _differences(engine) == [("missing", "due and not planned", "repaired")]
    await audit_next(auditing, left)
    assert await engine.pool.fetchval("SELECT swept_at IS NOT NULL FROM audit_progress")


async def test_that_nobody_could_be_audited_shows_while_a_ledger_is_away(
    engine: Engine, rose: PersonHistory
) -> None:
    await _stay(engine, rose)
    await engine.pool.execute("UPDATE audit_progress SET changes_until = now() - interval '2 hours'")
    away = Mock(**{"events_of_persons.side_effect": PublisherUnavailable("admission", "away")})
    auditing = _auditing(engine, {"admission": away})
    with pytest.raises(PublisherUnavailable):
        await audit_next(auditing, None)
    await measure_audit(auditing)
    age = REGISTRY.get_sample_value("relais_obligations_unaudited_seconds")
    assert age is not None
    assert age >= 7200
