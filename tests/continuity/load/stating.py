"""Carries out scripts: each step is sent until it is answered, and journaled with what it means."""

import asyncio
from collections.abc import Mapping, Sequence

import httpx

from tests.continuity.journal import Journal
from tests.continuity.load.enrolment import until_answered
from tests.continuity.load.offers import Offer
from tests.continuity.load.scripts import Script, Statement
from tests.continuity.load.traffic import Traffic

PAUSE_SECONDS = 0.5


class Stating:
    """States what scripts say, at one address of the intake after the other."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        traffic: Traffic,
        journal: Journal,
        *,
        addresses: Sequence[str],
        keys: Mapping[str, str],
    ) -> None:
        self._http, self._traffic, self._journal = http, traffic, journal
        self._addresses, self._keys = addresses, keys

    async def state_all(self, scripts: Sequence[Script], *, within_seconds: float) -> None:
        """Begin each script at its moment; return once all are over."""
        clock = asyncio.get_running_loop().time
        began = clock()
        async with asyncio.TaskGroup() as stating:
            for script in sorted(scripts, key=lambda script: script.at):
                await asyncio.sleep(began + script.at * within_seconds - clock())
                stating.create_task(self._carry_out(script))

    async def _carry_out(self, script: Script) -> None:
        for number, step in enumerate(script.steps):
            if isinstance(step, Offer):
                await self._traffic.deliver(step)
            else:
                await self._state(step, self._addresses[number % len(self._addresses)])
            await asyncio.sleep(PAUSE_SECONDS)

    async def _state(self, statement: Statement, address: str) -> None:
        url = f"{address}/v1/identities/{statement.path}"
        for _ in range(statement.times):
            key = self._keys[statement.establishment]
            answer = await until_answered(self._http, "POST", url, key, statement.body)
            receipt = answer.json()
        name = statement.body["source_event_id"]
        if (statement.mark in receipt["marks"]) != (statement.mark is not None):
            self._traffic.unexpected.append(f"{name}: marked {receipt['marks']}, not {statement.mark}")
        if statement.says:
            times = {"emitted_at": statement.body["emitted_at"], "accepted_at": receipt["accepted_at"]}
            await self._journal.write(item=name, **statement.says, **times)
