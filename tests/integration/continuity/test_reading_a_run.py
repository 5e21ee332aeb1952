"""The checker reads a run's folder and the databases of all services at their current schema."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from tests.continuity.checker.evidence import read_evidence
from tests.continuity.checker.invariants import judge
from tests.continuity.history import install_history

pytestmark = pytest.mark.services

SERVICES = ("admission", "pathway", "notifications", "indicators")
_EVENT = """
INSERT INTO ledger (event_id, subject, sequence, type, occurred_at, recorded_at, data)
VALUES (gen_random_uuid(), gen_random_uuid(), 2, 'relais.admission.access-granted.v1', now(), now(), '{}')
"""
_APPLIED = """
INSERT INTO inbox (event_id, publisher, subject, sequence, recorded_at, applied_at)
VALUES (gen_random_uuid(), 'admission', gen_random_uuid(), 1, now(), now())
"""
_CLAIMED = """
INSERT INTO attempts (attempt_id, obligation_id, number, step, channel, status, claimed_at, lease_until)
VALUES (gen_random_uuid(), gen_random_uuid(), 1, 1, 'sms', 'claimed', now(), now())
"""


@pytest.fixture
def databases(create_database: Callable[..., str]) -> dict[str, str]:
    return {service: create_database(service) for service in SERVICES}


def _folder(path: Path, databases: dict[str, str]) -> Path:
    (path / "run.json").write_text(json.dumps({"databases": databases}))
    (path / "clients.jsonl").write_text('{"what": "send", "source_event_id": "a"}\n{"what": "cut sho')
    return path


def _broken(folder: Path) -> list[str]:
    with ThreadPoolExecutor(1) as thread:  # the checker has an event loop of its own
        return thread.submit(lambda: judge(read_evidence(folder)).broken).result()


async def test_databases_in_which_nothing_happened_hold(databases: dict[str, str], tmp_path: Path) -> None:
    await install_history(databases)

    assert _broken(_folder(tmp_path, databases)) == []


async def test_every_step_of_an_attempt_is_read_in_its_order(
    databases: dict[str, str], tmp_path: Path
) -> None:
    await install_history(databases)
    connection = await asyncpg.connect(databases["notifications"])
    await connection.execute(_CLAIMED)
    for status in ("unknown", "delivered"):
        await connection.execute("UPDATE attempts SET status = $1", status)
    await connection.close()

    with ThreadPoolExecutor(1) as thread:
        evidence = thread.submit(read_evidence, _folder(tmp_path, databases)).result()

    moves = evidence.stored["notifications"].rows("attempt_moves")
    assert [row["status"] for row in moves] == ["claimed", "unknown", "delivered"]


async def test_what_is_wrong_in_a_real_database_is_seen(databases: dict[str, str], tmp_path: Path) -> None:
    await install_history(databases)
    for service, statement in (("admission", _EVENT), ("pathway", _APPLIED)):
        connection = await asyncpg.connect(databases[service])
        await connection.execute(statement)
        await connection.close()

    broken = _broken(_folder(tmp_path, databases))

    assert set(broken) >= {"I4 dense sequence", "I5 inbox = ledger"}
