"""Reports deliveries: calls the URL that came with a message, its % codes filled in."""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

import httpx

from deploy.local.sms_gateway.messages import Arrived, Report
from deploy.local.sms_gateway.rules import Fate, SmsRule
from shared.runtime.clock import Clock

_TYPES: Final[Mapping[Fate, tuple[int, ...]]] = {
    "delivered": (8, 1),
    "failed": (8, 2),
    "buffered": (8, 4, 1),
    "rejected": (16,),
    "lost": (),
}
_ANSWERS: Final = {
    1: "stat:DELIVRD err:000",
    2: "stat:UNDELIV err:001",
    4: "stat:ENROUTE err:000",
    8: "ACK/",
    16: "NACK/11/Invalid Destination Address",
}
_CODE = re.compile(r"%([dAFTpPi%])")
_TRIES = 5
_BETWEEN_TRIES_SECONDS = 2.0


def report_types(fate: Fate, mask: int) -> list[int]:
    """The reports that this fate gives rise to and that the sender asked for."""
    return [kind for kind in _TYPES[fate] if kind & mask]


def filled(report_url: str, *, message: Arrived, kind: int, epoch_seconds: int) -> str:
    """The URL with Kannel's escape codes replaced; other escapes stay as they are."""
    values = {
        "d": str(kind),
        "A": _ANSWERS[kind],
        "F": message.id,
        "T": str(epoch_seconds),
        "p": message.to,
        "P": message.sender or "",
        "i": "simulator",
    }
    return _CODE.sub(lambda code: "%" if code[1] == "%" else quote(values[code[1]], safe=""), report_url)


class Reporter:
    """Calls back in the background; an unreachable sender is tried again a few times."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        clock: Clock,
        *,
        delay_seconds: float,
        reported: Callable[[Arrived], None],
    ) -> None:
        """`reported` is called with the message after each report that was answered."""
        self._client = client
        self._clock = clock
        self._delay_seconds = delay_seconds
        self._reported = reported
        self._running: set[asyncio.Task[None]] = set()

    def plan(self, message: Arrived, rule: SmsRule) -> None:
        """Reports on this message later; returns immediately."""
        kinds = report_types(rule.report, message.report_mask) if message.report_url else []
        if not kinds:
            return
        task = asyncio.create_task(self._report(message, kinds, rule))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def stop(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _report(self, message: Arrived, kinds: list[int], rule: SmsRule) -> None:
        given = rule.report_delay_seconds
        for kind in kinds:
            await asyncio.sleep(self._delay_seconds if given is None else given)
            for _ in range(rule.report_copies):
                await self._call(message, kind)

    async def _call(self, message: Arrived, kind: int) -> None:
        now = self._clock()
        report = Report(type=kind, sent_at=now, answered=None)
        message.reports = [*message.reports, report]
        url = filled(message.report_url or "", message=message, kind=kind, epoch_seconds=int(now.timestamp()))
        headers = {"traceparent": message.trace} if message.trace else {}
        for _ in range(_TRIES):
            try:
                report.answered = (await self._client.get(url, headers=headers)).status_code
            except httpx.TransportError:
                await asyncio.sleep(_BETWEEN_TRIES_SECONDS)
            else:
                self._reported(message)
                return
