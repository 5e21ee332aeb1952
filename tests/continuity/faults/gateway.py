"""Faults of the SMS gateway: refuses, is slow, accepts without answering, loses or repeats reports."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from tests.continuity.faults.schedule import Fault
from tests.continuity.gateway.behaviour import HEALTHY, Behaviour
from tests.continuity.platform.running import Platform

PATIENCE: Final = 5.0
LOOK_SECONDS: Final = 0.1
BEHAVIOURS: Final[Mapping[str, Behaviour]] = {
    "gateway.unavailable": Behaviour(answer="refused", status=503, share=0.8),
    "gateway.busy": Behaviour(answer="busy", status=429, share=0.8),
    "gateway.slow": Behaviour(answer="slow", share=0.7),
    "gateway.timeout_after_accept": Behaviour(answer="timeout", share=0.3),
    "gateway.cut_after_accept": Behaviour(answer="cut", share=0.5),
    "gateway.reports_lost": Behaviour(reporting="lost", share=0.5),
    "gateway.reports_late": Behaviour(reporting="late", share=0.7),
    "gateway.reports_repeated": Behaviour(reporting="repeated", share=0.8),
}


async def misbehave(platform: Platform, fault: Fault) -> str:
    """Behave differently for the fault's time, and longer if needed until one request was affected."""
    behaviours = platform.gateway.behaviours
    before, behaviours.current = behaviours.affected, BEHAVIOURS[fault.kind]
    await asyncio.sleep(fault.lasts_seconds)
    with suppress(TimeoutError):
        async with asyncio.timeout((PATIENCE - 1) * fault.lasts_seconds):
            while behaviours.affected == before:
                await asyncio.sleep(LOOK_SECONDS)
    behaviours.current = HEALTHY
    met = behaviours.affected - before
    return f"{met} requests" if met else "not reached: nobody asked"
