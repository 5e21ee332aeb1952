"""Nothing is lost while every part of the platform is killed, one after the other."""

import asyncio
import os
import signal
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.e2e.crowd import Crowd
from tests.e2e.establishment import Establishment, Services, register
from tests.e2e.eventually import eventually
from tests.e2e.running import RunningPlatform

PERSONS = 400
WITH_A_CARER = 100
AT_ONCE = 16
PATIENCE = 300
KILLED = (
    "admission-api",
    "admission-worker",
    "pathway-api",
    "pathway-worker",
    "notifications-api",
    "notifications-worker",
    "indicators-api",
    "indicators-worker",
    "kafka",
    "postgresql",
)
SETTLED = {"informed", "acknowledged", "handled_by_human", "superseded", "suppressed", "expired"}
TOLD = {"informed", "delivered", "superseded", "suppressed"}


@pytest.fixture(scope="module")
def rehabilitation(platform: RunningPlatform, services: Services, client: httpx.Client) -> Establishment:
    """An establishment of this test's own."""
    return register(platform, services, client, "930000039")


async def test_every_acknowledged_event_is_applied_everywhere_and_told_once(
    platform: RunningPlatform, rehabilitation: Establishment, services: Services
) -> None:
    crowd = Crowd(rehabilitation)
    run = uuid.uuid4().hex[:8]
    persons = [f"{run}-{number}" for number in range(PERSONS)]

    admissions = [rehabilitation.movement("admission", person) for person in persons]
    receipts = await _post_while_killing(crowd, admissions, platform, KILLED[:5])
    carers = {receipt["person_id"]: _phone(n) for n, receipt in enumerate(receipts[:WITH_A_CARER])}
    await crowd.put(
        (f"{services.notifications}/v1/persons/{person_id}/circle/carers/{uuid.uuid4()}", _carer(phone))
        for person_id, phone in carers.items()
    )
    discharges = [
        rehabilitation.movement("discharge", person, destination={"mode": "home"}) for person in persons
    ]
    receipts += await _post_while_killing(crowd, discharges, platform, KILLED[5:])

    assert len({receipt["event_id"] for receipt in receipts}) == 2 * PERSONS
    receipt_ids = [receipt["receipt_id"] for receipt in receipts]
    await _all_settled(crowd, services, receipt_ids)
    obligations = await _obligations(crowd, services, carers)
    assert [obligation for obligation in obligations if obligation["status"] not in TOLD] == []
    messages = await crowd.get([f"{services.sms}/messages"])
    _assert_told_once(messages[0], set(carers.values()), obligations)


async def _post_while_killing(
    crowd: Crowd, bodies: list[dict[str, Any]], platform: RunningPlatform, parts: Sequence[str]
) -> list[dict[str, Any]]:
    receipts: list[dict[str, Any]] = []
    size = len(bodies) // len(parts)
    for index, part in enumerate(parts):
        chunk = bodies[index * size :] if part == parts[-1] else bodies[index * size : (index + 1) * size]
        posted, _ = await asyncio.gather(
            crowd.post_movements(chunk), asyncio.to_thread(_kill, platform, part)
        )
        receipts += posted
    return receipts


def _kill(platform: RunningPlatform, part: str) -> None:
    killed = platform.parts()[part]["pid"]
    os.kill(killed, signal.SIGKILL)

    def is_back() -> bool:
        now = platform.parts()[part]
        return bool(now["state"] == "ready" and now["pid"] != killed)

    eventually(is_back)


async def _all_settled(crowd: Crowd, services: Services, receipt_ids: list[str]) -> None:
    """Ask for each, the newest first, but only for one while it is not settled: each asks every service."""
    waiting, at_once, pauses = receipt_ids, 1, 0
    while waiting:
        asked, waiting = waiting[-at_once:], waiting[:-at_once]
        answers = await crowd.get(f"{services.admission}/v1/receipts/{receipt_id}" for receipt_id in asked)
        late = [
            (receipt_id, answer)
            for receipt_id, answer in zip(asked, answers, strict=True)
            if not _is_settled(answer["services"])
        ]
        waiting += [receipt_id for receipt_id, _ in late]
        at_once = 1 if late else AT_ONCE
        if late:
            pauses += 1
            assert pauses <= PATIENCE, f"{len(waiting)} events are not settled everywhere, such as {late[-1]}"
            await asyncio.sleep(1)


def _is_settled(states: dict[str, Any]) -> bool:
    obligations = states["notifications"].get("obligations", {})
    applied = all(state["state"] == "applied" for state in states.values())
    return applied and all(status in SETTLED for status, count in obligations.items() if count)


async def _obligations(crowd: Crowd, services: Services, carers: dict[str, str]) -> list[dict[str, Any]]:
    answers = await crowd.get(
        f"{services.notifications}/v1/persons/{person_id}/obligations" for person_id in carers
    )
    return [obligation for answer in answers for obligation in answer["obligations"]]


def _assert_told_once(
    messages: list[dict[str, Any]], phones: set[str], obligations: list[dict[str, Any]]
) -> None:
    told = Counter((message["to"], message["text"]) for message in messages if message["to"] in phones)
    repeats = sum(count - 1 for count in told.values())
    unknown = sum(
        attempt["status"] == "unknown" for obligation in obligations for attempt in obligation["attempts"]
    )
    assert {to for to, _ in told} == phones
    assert repeats <= unknown


def _phone(number: int) -> str:
    return f"+33{639981000 + number}"


def _carer(phone: str) -> dict[str, Any]:
    return {
        "alias": "Mamie",
        "channels": [{"medium": "sms", "address": phone}],
        "night": True,
        "consent": {
            "given_at": "2026-11-01T10:00:00+01:00",
            "proof": {"kind": "written", "reference": "C-1"},
        },
    }
