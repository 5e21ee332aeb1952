"""What happens to the SMS gateway? It refuses, dawdles, accepts silently, forgets or repeats reports."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from tests.continuity.faults.schedule import Fault
from tests.continuity.gateway.moods import HEALTHY, Mood
from tests.continuity.platform.running import Platform

PATIENCE: Final = 5.0
LOOK_SECONDS: Final = 0.1
MOODS: Final[Mapping[str, Mood]] = {
    "gateway.unavailable": Mood(answer="refused", status=503, share=0.8),
    "gateway.busy": Mood(answer="busy", status=429, share=0.8),
    "gateway.slow": Mood(answer="slow", share=0.7),
    "gateway.timeout_after_accept": Mood(answer="timeout", share=0.3),
    "gateway.cut_after_accept": Mood(answer="cut", share=0.5),
    "gateway.reports_lost": Mood(reporting="lost", share=0.5),
    "gateway.reports_late": Mood(reporting="late", share=0.7),
    "gateway.reports_repeated": Mood(reporting="repeated", share=0.8),
}


async def moody(platform: Platform, fault: Fault) -> str:
    """In another mood for a while, and for as long after that until somebody has met it."""
    temper = platform.gateway.temper
    before, temper.mood = temper.met, MOODS[fault.kind]
    await asyncio.sleep(fault.lasts_seconds)
    with suppress(TimeoutError):
        async with asyncio.timeout((PATIENCE - 1) * fault.lasts_seconds):
            while temper.met == before:
                await asyncio.sleep(LOOK_SECONDS)
    temper.mood = HEALTHY
    met = temper.met - before
    return f"{met} requests" if met else "not reached: nobody asked"
