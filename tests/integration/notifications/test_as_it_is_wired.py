"""The service as it is wired: events through the inbox, keys as events, requests through the real API."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.notifications.channels.sms import report_tokens_of
from services.notifications.consumers import ROUTES
from services.notifications.handlers.delivery.claim_due import claim_due
from services.notifications.handlers.delivery.dispatch import dispatch
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.settings import Settings
from services.notifications.wiring import SERVICE
from shared.events.admission import AccessGranted
from shared.events.envelope import RecordedEvent
from shared.security.principal import new_key
from shared.spine.inbox.applied import Applied
from shared.spine.inbox.applier import Applier
from shared.spine.service.api import connect, create_api
from shared.spine.service.opening import open_service
from shared.testing.person_history import HOSPITAL, NURSING_HOME, START, PersonHistory, id_of, minutes
from shared.testing.records import as_read
from tests.conformance.channels.scripted_channel import ScriptedChannel
from tests.integration.spine.batches import Partition, claim_partition

pytestmark = pytest.mark.services

CARER = {
    "alias": "Mamie",
    "channels": [{"medium": "sms", "address": "06 39 98 00 01"}],
    "consent": {"given_at": "2026-01-01T10:00:00+01:00", "proof": {"kind": "written", "reference": "C-1"}},
}


@dataclass
class Running:
    """The API, its consumer and its SMS lane, at one moment that never passes."""

    app: FastAPI
    dependencies: Dependencies
    sms: ScriptedChannel
    partition: Partition

    async def read(self, *events: RecordedEvent) -> Applied:
        """One batch of the consumer."""
        records = [as_read(event, offset=self.partition.position + nth) for nth, event in enumerate(events)]
        batch = self.partition.batch(records)
        applier = Applier(
            self.dependencies.pool,
            routes=ROUTES,
            dependencies=self.dependencies,
            clock=self.dependencies.clock,
        )
        applied = await applier.apply(batch)
        self.partition.moved(batch)
        return applied

    async def send(self) -> None:
        for departure in await claim_due(self.dependencies, "sms", limit=50):
            await dispatch(self.dependencies, "sms", departure)

    @asynccontextmanager
    async def caller(self, establishment: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """With the key of an establishment, which came as an event; or with none."""
        headers = {}
        if establishment is not None:
            key, key_sha256 = new_key()
            granted = AccessGranted(
                key_id=id_of("key", key),
                key_sha256=key_sha256,
                source_id=id_of("source", key),
                scopes=("circle", "read", "intake"),
                establishment=establishment,
            )
            await self.read(_granted(granted))
            headers = {"Authorization": f"Bearer {key}"}
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://relais.test") as client:
            client.headers.update(headers)
            yield client


def _granted(granted: AccessGranted) -> RecordedEvent:
    return RecordedEvent(
        event_id=id_of("granted", granted.key_id),
        publisher="admission",
        subject=granted.source_id,
        sequence=1,
        occurred_at=START,
        recorded_at=START,
        data=granted,
    )


@pytest.fixture
async def running(create_database: Callable[..., str]) -> AsyncIterator[Running]:
    settings = Settings(
        database_url=await asyncio.to_thread(create_database, "notifications"),
        kafka_bootstrap="127.0.0.1:1",
        master_key=base64.b64encode(bytes(range(32))).decode(),
        sms_url="http://127.0.0.1:1",
        sms_username="relais",
        sms_password="secret",
        smtp_host="127.0.0.1",
        smtp_port=1,
        mail_from="relais@exemple.fr",
        public_url="https://p.exemple.fr/",
        invitations=False,
    )
    app = create_api(SERVICE)
    sms = ScriptedChannel()
    async with open_service(SERVICE, settings, clock=lambda: minutes(60)) as service:
        dependencies = replace(service.dependencies, channels={"sms": sms})
        connect(app, replace(service, dependencies=dependencies))
        yield Running(app, dependencies, sms, await claim_partition(dependencies.pool))


@pytest.fixture
async def rose(running: Running) -> PersonHistory:
    history = PersonHistory("Rose")
    await running.read(history.admit("stay", at=minutes(0), establishment=HOSPITAL))
    return history


async def test_a_batch_that_comes_again_is_not_applied_again(running: Running, rose: PersonHistory) -> None:
    discharge = rose.discharge("stay", at=minutes(30))
    assert len((await running.read(discharge, discharge)).events) == 1
    assert (await running.read(*rose.events)).duplicates == 2
    assert await running.dependencies.pool.fetchval("SELECT count(*) FROM facts") == 2


async def test_from_the_circle_to_the_page_and_back(running: Running, rose: PersonHistory) -> None:
    url = f"/v1/persons/{rose.person_id}/circle/carers/daughter"
    async with running.caller(HOSPITAL) as hospital, running.caller() as reader:
        created, again = await hospital.put(url, json=CARER), await hospital.put(url, json=CARER)
        assert (created.status_code, again.status_code) == (201, 200)
        assert await _outcome(hospital, rose.events[0]) == {"pending": 1}
        await running.send()
        page = _page_of(running)
        shown = await reader.get(page)
        assert shown.headers["cache-control"] == "no-store"
        assert "Mamie est en établissement" in shown.text
        assert "plus à jour" not in shown.text

        await running.read(rose.cancel(rose.events[0]))
        outdated = (await reader.get(page)).text
        assert "plus à jour" in outdated
        assert "<strong>Mamie n&#39;est pas en établissement.</strong>" in outdated
        await running.send()
        assert "ERREUR" in running.sms.messages[-1].text
        assert (await hospital.delete(url)).status_code == 204
        gone, unknown = await reader.get(page), await reader.get("/s/AAAAAAAAAAA")
        assert (gone.status_code, unknown.status_code) == (404, 404)
        assert gone.content == unknown.content


async def test_a_report_counts_only_with_the_token_of_its_attempt(
    running: Running, rose: PersonHistory
) -> None:
    async with running.caller(HOSPITAL) as hospital, running.caller() as gateway:
        await hospital.put(f"/v1/persons/{rose.person_id}/circle/carers/daughter", json=CARER)
        await running.send()
        attempt_id = running.sms.messages[0].attempt_id
        report = {"attempt": str(attempt_id), "type": "1", "token": "0" * 32}
        refused = await gateway.get("/v1/delivery-reports/sms", params=report)
        assert refused.status_code == 404
        assert await _outcome(hospital, rose.events[0]) == {"pending": 1}

        report["token"] = report_tokens_of(running.dependencies.vault).token(attempt_id)
        state = {"type": report.pop("type")}
        kept = await gateway.post("/v1/delivery-reports/sms", params=report, data=state)
        assert kept.status_code == 200
        assert await _outcome(hospital, rose.events[0]) == {"informed": 1}


async def test_without_its_stay_an_establishment_cannot_tell_an_event_from_nobodys(
    running: Running, rose: PersonHistory
) -> None:
    async with running.caller(NURSING_HOME) as stranger, running.caller() as nobody:
        theirs = await stranger.get(f"/v1/events/{rose.events[0].event_id}/outcome")
        circle = f"/v1/persons/{rose.person_id}/circle/carers/daughter"
        unknown = f"/v1/persons/{PersonHistory('nobody').person_id}/circle/carers/daughter"
        assert theirs.json() == {"state": "pending", "obligations": {}}
        assert (await stranger.put(circle, json=CARER)).content == (
            await stranger.put(unknown, json=CARER)
        ).content
        assert (await nobody.put(circle, json=CARER)).status_code == 401


async def _outcome(client: httpx.AsyncClient, event: RecordedEvent) -> Any:
    return (await client.get(f"/v1/events/{event.event_id}/outcome")).json()["obligations"]


def _page_of(running: Running) -> str:
    link = next(word for word in running.sms.messages[0].text.split() if word.startswith("https:"))
    return link.removeprefix("https://p.exemple.fr")


async def test_an_establishment_reads_its_own_account_of_some_days(
    running: Running, rose: PersonHistory
) -> None:
    path, day = "/v1/reconciliation/obligations", START.date().isoformat()
    async with running.caller(HOSPITAL) as hospital, running.caller(NURSING_HOME) as nursing_home:
        await hospital.put(f"/v1/persons/{rose.person_id}/circle/carers/daughter", json=CARER)
        obligation = await hospital.get(path, params={"since": day, "until": day})
        (tally,) = obligation.json()["tallies"]
        assert (tally["establishment"], tally["due"], tally["pending"]) == (HOSPITAL, 1, 1)
        assert tally["reasons"] == {"pending": {"scheduled": 1}}
        others = await nursing_home.get(path, params={"since": day, "until": day})
        assert others.json()["tallies"] == []
        refused = await hospital.get(path, params={"since": day, "until": "2026-12-31"})
        assert refused.status_code == 422
    async with running.caller() as stranger:
        assert (await stranger.get(path, params={"since": day, "until": day})).status_code == 401


async def test_a_person_may_end_what_is_owed(running: Running, rose: PersonHistory) -> None:
    person = f"/v1/persons/{rose.person_id}"
    async with running.caller(HOSPITAL) as hospital:
        await hospital.put(f"{person}/circle/carers/daughter", json=CARER)
        listed = (await hospital.get(f"{person}/obligations")).json()["obligations"]
        obligation = f"{person}/obligations/{listed[0]['obligation_id']}"
        said = {"by": "ward 3", "at": minutes(61).isoformat()}
        handled = await hospital.post(f"{obligation}/handle", json=said)
        assert (handled.status_code, handled.json()["status"]) == (200, "acknowledged")
        assert (await hospital.post(f"{obligation}/acknowledge", json=said)).status_code == 200
        future = await hospital.post(f"{obligation}/handle", json={"by": "x", "at": minutes(90).isoformat()})
        assert future.status_code == 422
        assert (await hospital.post(f"{obligation[:-1]}z/handle", json=said)).status_code == 404
