"""How many files of notifications an engineer reads to follow a fact until its recipient is informed."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.sms_gateway import app as sms_gateway
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.plan import record_facts
from services.notifications.settings import Settings
from services.notifications.wiring import SERVICE
from shared.database.pool import Pool, open_pool
from shared.database.transaction import transaction
from shared.events.envelope import NewEvent, RecordedEvent
from shared.events.registry import ADMISSION
from shared.security.principal import new_key
from shared.spine.outbox.append import append
from shared.spine.outbox.relay import Relay
from shared.spine.service.api import connect, create_api
from shared.spine.service.opening import OpenService, open_service
from shared.spine.service.worker import duties
from shared.testing.person_history import HOSPITAL, PersonHistory, minutes
from shared.testing.records import received
from tests.files_passed import FilesPassed
from tests.integration.notifications.delivery.simulated_providers import without_lifespan
from tests.integration.spine.published import PATIENCE_SECONDS, kept_running
from tests.served import served

pytestmark = pytest.mark.services

FACT_TO_SETTLED = 20
READ = 4

ANNOUNCED = """
CREATE FUNCTION announce() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NOTIFY changed; RETURN NULL; END $$;
CREATE TRIGGER announce AFTER INSERT ON facts EXECUTE FUNCTION announce();
CREATE TRIGGER announce AFTER INSERT ON ledger EXECUTE FUNCTION announce();
"""
"""Whoever listens to `changed` hears of a commit as soon as it is done."""

CARER = {
    "alias": "Mamie",
    "channels": [{"medium": "sms", "address": "06 39 98 00 01"}],
    "consent": {"given_at": "2026-01-01T10:00:00+01:00", "proof": {"kind": "written", "reference": "C-1"}},
}


@dataclass
class Running:
    """Notifications as it is wired, its API at an address that the SMS gateway calls back."""

    service: OpenService[Settings, Dependencies]
    client: httpx.AsyncClient
    pool: Pool

    async def enrol(self, person_id: UUID) -> str:
        """Enrol a carer as the hospital; gives where to read what is known of them."""
        key, key_sha256 = new_key()
        await self.pool.execute(
            "INSERT INTO api_keys (key_sha256, key_id, source_id, scopes, establishment)"
            " VALUES ($1, $2, $2, $3, $4)",
            key_sha256,
            uuid4(),
            ["circle"],
            HOSPITAL,
        )
        self.client.headers["authorization"] = f"Bearer {key}"
        path = f"/v1/persons/{person_id}/circle/carers/daughter"
        answer = await self.client.put(path, json=CARER)
        answer.raise_for_status()
        return path

    async def until(self, condition: str) -> None:
        """Return once this holds, asked after every commit that stored a fact or an outcome."""
        woken = asyncio.Event()
        async with self.pool.acquire(timeout=PATIENCE_SECONDS) as session, asyncio.timeout(PATIENCE_SECONDS):

            def hear(*_: object) -> None:
                woken.set()

            await session.add_listener("changed", hear)
            try:
                while not await session.fetchval(f"SELECT {condition}"):
                    await woken.wait()
                    woken.clear()
            finally:
                await session.remove_listener("changed", hear)


@pytest.fixture
async def running(create_database: Callable[..., str], kafka_bootstrap: str) -> AsyncIterator[Running]:
    database_url = await asyncio.to_thread(create_database, "notifications")
    app = create_api(SERVICE, lifespan=without_lifespan)
    async with (
        served(app) as public_url,
        served(sms_gateway.create_app(report_delay_seconds=0.0)) as sms_url,
        httpx.AsyncClient(base_url=public_url, trust_env=False) as client,
        open_pool(database_url, application_name="test") as pool,
    ):
        settings = Settings(
            database_url=database_url,
            kafka_bootstrap=kafka_bootstrap,
            master_key=base64.b64encode(bytes(range(32))).decode(),
            sms_url=f"{sms_url}/cgi-bin/sendsms",
            sms_username="relais",
            sms_password="secret",
            smtp_host="127.0.0.1",
            smtp_port=1,
            mail_from="relais@exemple.fr",
            invitations=False,
            public_url=public_url,
        )
        async with open_service(SERVICE, settings, clock=lambda: minutes(60)) as service:
            connect(app, service)
            await pool.execute(ANNOUNCED)
            yield Running(service, client, pool)


async def _publish(database_url: str, bootstrap: str, events: Sequence[RecordedEvent]) -> None:
    async with open_pool(database_url, application_name="test") as pool:
        async with transaction(pool) as connection:
            stated = [
                NewEvent(event_id=it.event_id, subject=it.subject, occurred_at=it.occurred_at, data=it.data)
                for it in events
            ]
            await append(connection, publisher=ADMISSION, events=stated, recorded_at=minutes(0))
        await Relay(pool, bootstrap, ADMISSION).relay_once()


async def test_a_fact_passes_few_files_until_its_recipient_is_informed(
    running: Running, create_database: Callable[..., str], kafka_bootstrap: str
) -> None:
    rose, admission = PersonHistory(f"Rose {uuid4()}"), await asyncio.to_thread(create_database, "admission")
    work = duties(running.service)
    await _publish(admission, kafka_bootstrap, [rose.admit("stay", at=minutes(0), establishment=HOSPITAL)])
    async with AsyncExitStack() as stack:
        for name in ("consumer", "fulfil_sms"):
            await stack.enter_async_context(kept_running(work[name]))
        await running.until("EXISTS (SELECT FROM facts)")
        await running.enrol(rose.person_id)
        await running.until("count(*) = 1 FROM ledger")
        passed = FilesPassed()
        with passed.recorded():
            await _publish(admission, kafka_bootstrap, [rose.discharge("stay", at=minutes(30))])
            await running.until("count(*) = 2 FROM ledger")
    passed.assert_at_most(FACT_TO_SETTLED, "services/notifications")
    rows = await running.pool.fetch("SELECT status, evidence FROM obligations")
    assert [tuple(row) for row in rows] == [("informed", "receipt")] * 2


async def test_a_member_of_the_circle_passes_few_files(
    running: Running, create_database: Callable[..., str]
) -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    async with transaction(running.pool) as connection:
        await record_facts(
            running.service.dependencies, connection, [received(admission.data, subject=rose.person_id)]
        )
    path = await running.enrol(rose.person_id)
    passed = FilesPassed()
    with passed.recorded():
        assert (await running.client.get(path)).status_code == 200
    passed.assert_at_most(READ, "services/notifications")
