"""Sends delivery reports to the sender's URL: promptly, late, twice or never."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx

from tests.continuity.gateway.behaviour import Behaviours, Reporting
from tests.continuity.journal import Journal

PROMPT_SECONDS: Final = (0.1, 0.6)
LATE_SECONDS: Final = (4.0, 12.0)
CONCURRENT_REPORTS: Final = 16
TRIES: Final = 60
BETWEEN_TRIES_SECONDS: Final = 1.0
TAKEN_BY_NETWORK, DELIVERED = 8, 1
_ANSWERS: Final = {TAKEN_BY_NETWORK: "ACK/", DELIVERED: "stat:DELIVRD%20err:000"}


class Reporter:
    """Calls back in the background, and again until it is answered."""

    def __init__(self, journal: Journal, behaviours: Behaviours) -> None:
        self._journal = journal
        self._behaviours = behaviours
        self._calls: set[asyncio.Task[None]] = set()
        self._free = asyncio.Semaphore(CONCURRENT_REPORTS)
        self._client: httpx.AsyncClient

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send reports for as long as the block lasts."""
        async with httpx.AsyncClient(timeout=10, trust_env=False) as self._client:
            try:
                yield
            finally:
                for call in self._calls:
                    call.cancel()
                await asyncio.gather(*self._calls, return_exceptions=True)

    def plan(self, url: str, attempt: str, provider_id: str, reporting: Reporting) -> None:
        """Schedule the reports of a message; returns immediately."""
        call = asyncio.create_task(self._report(url, attempt, provider_id, reporting))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def idle(self) -> None:
        """Return once no report is pending."""
        # One that is done may still be in the set: since Python 3.12 a gather of such alone yields to nobody.
        while pending := [call for call in self._calls if not call.done()]:
            await asyncio.gather(*pending, return_exceptions=True)

    async def _report(self, url: str, attempt: str, provider_id: str, reporting: Reporting) -> None:
        if reporting == "lost":
            await self._journal.write(report={"attempt": attempt, "type": DELIVERED, "sent": False})
            return
        await asyncio.sleep(
            self._behaviours.delay_seconds(*(LATE_SECONDS if reporting == "late" else PROMPT_SECONDS))
        )
        for kind in (TAKEN_BY_NETWORK, DELIVERED):
            for _ in range(2 if reporting == "repeated" else 1):
                sent = await self._call(_filled(url, kind, provider_id))
                await self._journal.write(report={"attempt": attempt, "type": kind, "sent": sent})

    async def _call(self, url: str) -> bool:
        for _ in range(TRIES):
            try:
                async with self._free:
                    answer = await self._client.get(url)
            except httpx.TransportError:
                pass
            else:
                if not answer.is_server_error:
                    return answer.is_success
            await asyncio.sleep(BETWEEN_TRIES_SECONDS)
        return False


def _filled(url: str, kind: int, provider_id: str) -> str:
    return url.replace("%d", str(kind)).replace("%F", provider_id).replace("%A", _ANSWERS[kind])
