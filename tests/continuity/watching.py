"""Samples the metrics behind the alerts from every process, every few seconds."""

import asyncio
import re
from collections.abc import Mapping
from time import monotonic
from typing import Final

import httpx

from tests.continuity.journal import Journal
from tests.continuity.platform.layout import PROCESSES, PUBLISHERS, Layout, operations_of, service_of

EVERY_SECONDS: Final = 5.0
ANSWERS_WITHIN_SECONDS: Final = 3.0
LAST_ANSWERS_WITHIN_SECONDS: Final = 15.0
LAST_EVERY_SECONDS: Final = 1.0
WORTH_A_LOOK_SECONDS: Final = 30.0
_LEADS: Final = "relais_relay_leads"
_AGES: Final = (
    "relais_outbox_oldest_unsent_seconds",
    "relais_consumer_lag_seconds",
    "relais_obligations_due_oldest_seconds",
    "relais_paused_seconds",
)
_LARGEST: Final = frozenset(
    {
        *_AGES,
        _LEADS,
        "relais_reconciliation_unexplained",
        "relais_reconciliation_missing",
        "relais_obligation_differences",
    }
)
"""Metrics of which the largest value of a process is kept, whatever the labels."""
_ATTEMPTS: Final = "relais_attempts_total"
Sampled = Mapping[str, Mapping[str, float] | None]
"""Process -> its metrics; None when it did not answer."""
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

    async def until_calm(self, *, within_seconds: float) -> None:
        """Sample until every process answers, every relay leads and nothing is old, or the time is up.

        A gauge may be as old as the round that sets it, and a worker without a session looks for one.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + within_seconds
        async with httpx.AsyncClient(timeout=LAST_ANSWERS_WITHIN_SECONDS, trust_env=False) as http:
            while not is_calm(await self.look(http)) and clock() < deadline:
                await asyncio.sleep(LAST_EVERY_SECONDS)

    async def look(self, http: httpx.AsyncClient) -> Sampled:
        """Sample all processes once."""
        looks = (self._look_at(http, part) for part in PROCESSES)
        return dict(zip(PROCESSES, await asyncio.gather(*looks), strict=True))

    async def _look_at(self, http: httpx.AsyncClient, part: str) -> Mapping[str, float] | None:
        asked_at = monotonic()
        try:
            answer = await http.get(f"{self._layout.url(operations_of(part))}/metrics")
        except httpx.TransportError:
            await self._journal.write(process=part, up=False, took=round(monotonic() - asked_at, 3))
            return None
        took = round(monotonic() - asked_at, 3)
        figures = figures_in(answer.text)
        await self._journal.write(process=part, up=True, took=took, figures=figures)
        return figures


def is_calm(sampled: Sampled) -> bool:
    """Whether all answered, one worker of each publisher relays, and no age is worth a look."""
    answers = [figures for figures in sampled.values() if figures is not None]
    led = {service_of(part) for part, figures in sampled.items() if figures and figures.get(_LEADS)}
    old = any(figures.get(age, 0) > WORTH_A_LOOK_SECONDS for figures in answers for age in _AGES)
    return len(answers) == len(sampled) and led.issuperset(PUBLISHERS) and not old


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
