"""Where a source is told: who says so, where that may be, and what is shown of it."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.admission.domain.callbacks.news import News
from services.admission.storage.callbacks import deliveries
from services.admission.storage.callbacks.deliveries import NewDelivery
from shared.database.transaction import transaction
from tests.integration.admission.callbacks.conftest import Told
from tests.integration.admission.running import bearer
from tests.unit.admission.bodies import CLINIC

EVERY_CALL: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("PUT", "", {"url": "https://8.8.8.8/"}),
    ("DELETE", "", None),
    ("POST", "/rotations", {}),
    ("POST", "/pause", None),
    ("POST", "/resume", None),
    ("POST", "/ping", None),
    ("GET", "/deliveries", None),
]


async def test_the_secret_is_shown_once_and_stored_sealed(told: Told) -> None:
    secret = await told.register()
    assert secret.startswith("whsec_")
    again = await told.call("PUT", body={"url": told.endpoint.url})
    shown = await told.call("GET")
    assert (again.status_code, again.json()) == (200, shown.json())
    assert (shown.json()["url"], shown.json()["state"]) == (told.endpoint.url, "active")
    stored = await told.admission.rows("SELECT callbacks::text AS all FROM callbacks")
    assert secret not in stored[0]["all"]
    assert secret not in shown.text


@pytest.mark.parametrize(
    "url",
    [
        "http://hospital.example/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://192.168.1.1:8443/",
        "https://2130706433/",
        "http://localhost.example:9000/",
    ],
)
async def test_no_source_is_told_inside_our_own_networks(told: Told, url: str) -> None:
    answer = await told.call("PUT", body={"url": url})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/url"]
    assert url not in answer.text
    assert (await told.call("GET")).status_code == 404


async def test_a_callback_of_somebody_else_looks_like_one_that_there_is_not(told: Told) -> None:
    await told.register()
    stranger = await told.admission.source(CLINIC, ["operator", "intake"])
    for method, path, body in EVERY_CALL:
        url = f"/v1/sources/{told.source_id}/callback{path}"
        answer = await told.admission.client.request(method, url, json=body, headers=bearer(stranger.secret))
        assert answer.status_code == 404, (method, path)
    assert (await told.call("GET")).json()["state"] == "active"


async def test_nothing_is_said_of_a_source_without_a_callback(told: Told) -> None:
    calls = [each for each in EVERY_CALL if each[0] != "PUT" and each[1] != "/deliveries"]
    answers = [await told.call(method, path, body) for method, path, body in calls]
    assert [answer.status_code for answer in answers] == [404, 204, 404, 404, 404, 404]


async def test_the_source_itself_reads_and_does_not_change(told: Told) -> None:
    await told.register()
    headers, url = bearer(told.source.secret), f"/v1/sources/{told.source_id}/callback"
    answers = [
        await told.admission.client.request(method, url + path, json=body, headers=headers)
        for method, path, body in EVERY_CALL
    ]
    assert [answer.status_code for answer in answers] == [200, 403, 403, 403, 403, 403, 403, 200]


async def test_every_change_leaves_its_entry_in_the_audit(told: Told) -> None:
    await told.register()
    entries = await told.admission.rows(
        "SELECT stage, source_id FROM audit.entries WHERE operation = 'change_callback'"
    )
    assert {(entry["stage"], entry["source_id"]) for entry in entries} == {
        ("asked", told.operator.source.source_id),
        ("done", told.operator.source.source_id),
    }


async def test_both_secrets_sign_while_one_gives_way(told: Told) -> None:
    old = await told.register()
    new = (await told.call("POST", "/rotations", {"old_ends_after_seconds": 60})).json()["secret"]
    await told.call("POST", "/ping")
    await told.turn()
    assert [each.type for each in told.endpoint.verified(old)] == ["ping"]
    assert [each.type for each in told.endpoint.verified(new)] == ["ping"]
    await told.call("POST", "/ping")
    await told.turn(later=timedelta(seconds=61))
    assert [len(headers["webhook-signature"].split()) for headers in told.endpoint.headers] == [2, 1]
    assert [each.type for each in told.endpoint.verified(new)] == ["ping", "ping"]


async def test_what_is_paused_waits_and_what_is_ended_is_forgotten(told: Told) -> None:
    await told.register()
    assert (await told.call("POST", "/pause")).json()["state"] == "paused"
    await told.call("POST", "/ping")
    await told.turn()
    assert told.endpoint.types == []
    assert (await told.call("GET")).json()["waiting"] == 1
    await told.call("POST", "/resume")
    await told.turn()
    assert told.endpoint.types == ["ping"]
    await told.state()
    assert (await told.call("DELETE")).status_code == 204
    await told.turn()
    assert told.endpoint.types == ["ping"]
    assert await told.deliveries() == []
    assert await told.admission.rows("SELECT FROM followed_movements") == []


async def test_what_is_found_while_a_callback_ends_is_told_to_nobody(told: Told) -> None:
    await told.register()
    receipt, pool = await told.state(), told.dependencies.pool
    news = NewDelivery(
        delivery_id=UUID(int=1),
        source_id=told.source_id,
        receipt_id=UUID(receipt["receipt_id"]),
        news=News(type="movement.accepted"),
    )
    async with transaction(pool) as connection:
        await connection.execute("SELECT FROM followed_movements FOR UPDATE")
        ending = asyncio.create_task(told.call("DELETE"))
        while not await pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            assert not ending.done()
        await deliveries.add(connection, [news], at=told.dependencies.clock())
    assert (await ending).status_code == 204
    assert await pool.fetchval("SELECT count(*) FROM callback_deliveries") == 0
