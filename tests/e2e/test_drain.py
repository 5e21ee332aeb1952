"""When a drain ends, all that was accepted is applied everywhere, though nobody stopped posting."""

import asyncio
import json
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.establishment import Establishment, Services
from tests.e2e.running import RunningPlatform

pytestmark = pytest.mark.services
RELAIS = Path(sys.executable).with_name("relais")
SOME = 5
WITHIN_SECONDS = 180


async def test_what_was_accepted_before_a_drain_is_applied_and_what_comes_later_is_refused(
    platform: RunningPlatform, hospital: Establishment, services: Services
) -> None:
    posting = asyncio.create_task(asyncio.to_thread(_post_until_refused, hospital))
    drained = await asyncio.to_thread(_relais, platform, "drain", "--because", "a test", "--json")
    accepted, refused = await posting
    try:
        assert (drained["drained"], drained["left"]) == (True, [])
        assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
        assert len(accepted) >= SOME
        for receipt in accepted:
            shown = hospital.get(f"{services.admission}/v1/receipts/{receipt['receipt_id']}").json()
            assert {each["state"] for each in shown["services"].values()} == {"applied"}
    finally:
        held = await asyncio.to_thread(_relais, platform, "resume", "--json")
        assert list(held.values()) == [[], [], [], []]


def _post_until_refused(hospital: Establishment) -> tuple[list[Any], httpx.Response]:
    accepted: list[Any] = []
    while True:
        answer = hospital.post_movement(hospital.movement("admission", uuid.uuid4().hex))
        if answer.status_code != httpx.codes.ACCEPTED:
            return accepted, answer
        accepted.append(answer.json())


def _relais(platform: RunningPlatform, *arguments: str) -> Any:
    done = subprocess.run(
        [str(RELAIS), *arguments],
        env=platform.environment,
        capture_output=True,
        text=True,
        timeout=WITHIN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)
