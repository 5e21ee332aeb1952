"""Samples the metrics behind the alerts from every process, every few seconds."""

import asyncio
import re
from collections.abc import Mapping
from typing import Final

import httpx

from tests.continuity.journal import Journal
from tests.continuity.platform.layout import APIS, WORKERS, Layout

EVERY_SECONDS: Final = 5.0
ANSWERS_WITHIN_SECONDS: Final = 3.0
LAST_ANSWERS_WITHIN_SECONDS: Final = 15.0
_LARGEST: Final = frozenset(
    {
        "relais_outbox_oldest_unsent_seconds",
        "relais_consumer_lag_seconds",
        "relais_obligations_due_oldest_seconds",
        "relais_relay_leads",
        "relais_paused_seconds",
        "relais_reconciliation_unexplained",
        "relais_reconciliation_missing",
        "relais_obligation_differences",
    }
)
"""Metrics of which the largest value of a process is kept, whatever the labels."""
_ATTEMPTS: Final = "relais_attempts_total"
_LINE: Final = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


class Watch:
    """Samples every process of a platform and journals its metrics, or that it does not answer."""

    def __init__(self, layout: Layout, journal: Journal) -> None:
        self._layout = layout
        self._journal = journal

    async def keep(self) -> None:
        """Sample for ever."""
        async with httpx.AsyncClient(timeout=ANSWERS_WITHIN_SECONDS, trust_env=False) as http:
            while True:
                await self.look(http)
                await asyncio.sleep(EVERY_SECONDS)

    async def until_all_answer(self, *, within_seconds: float) -> None:
        """Sample until every process answers, or the time is up."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + within_seconds
        async with httpx.AsyncClient(timeout=LAST_ANSWERS_WITHIN_SECONDS, trust_env=False) as http:
            while not await self.look(http) and clock() < deadline:
                await asyncio.sleep(EVERY_SECONDS)

    async def look(self, http: httpx.AsyncClient) -> bool:
        """Sample all processes once; returns whether each answered."""
        return all(await asyncio.gather(*(self._look_at(http, part) for part in (*APIS, *WORKERS))))

    async def _look_at(self, http: httpx.AsyncClient, part: str) -> bool:
        try:
            answer = await http.get(f"{self._layout.url(part)}/metrics")
        except httpx.TransportError:
            await self._journal.write(process=part, up=False)
            return False
        await self._journal.write(process=part, up=True, figures=figures_in(answer.text))
        return True


def figures_in(text: str) -> Mapping[str, float]:
    """The metrics that alerts use; attempts both in total and those that were not accepted."""
    found: dict[str, float] = {}
    tries = {"attempts": 0.0, "attempts_not_taken": 0.0}
    for line in text.splitlines():
        if line.startswith("#") or not (match := _LINE.match(line)):
            continue
        name, labels, value = match[1], match[2] or "", float(match[3])
        if name in _LARGEST:
            found[name] = max(value, found.get(name, value))
        elif name == _ATTEMPTS:
            tries["attempts"] += value
            tries["attempts_not_taken"] += value * _is_not_taken(labels)
    return {**found, **tries}


def _is_not_taken(labels: str) -> bool:
    return 'result="rejected_temporarily"' in labels or 'result="unknown"' in labels
